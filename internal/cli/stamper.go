package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/tsa"
	"vanthu/outbox"
	"vanthu/signer"
)

// stamper proves the time of signatures with the office's time-stamp service,
// whose authority must be among the home's trusted roots.
type stamper struct {
	client *tsa.Client
	trust  string // folder of roots
	clock  document.Clock
}

var _ outbox.Stamper = (*stamper)(nil)

// newStamper is the service of the settings; nil when there is none.
func (w *workplace) newStamper(now document.Clock) (*stamper, error) {
	if w.office.Sign.TSA == "" {
		return nil, nil
	}
	way := http.DefaultTransport.(*http.Transport).Clone()
	if p := w.office.Axis.Proxy; p != "" {
		proxy, err := url.Parse(p)
		if err != nil {
			return nil, badFile("axis.proxy", "địa chỉ không đọc được")
		}
		way.Proxy = http.ProxyURL(proxy)
	}
	client := &tsa.Client{URL: w.office.Sign.TSA, HTTP: &http.Client{Transport: way}, Rand: rand.Reader}
	return &stamper{client: client, trust: w.home.TrustDir(), clock: now}, nil
}

// Last puts the time into the last signature of a file.
func (s *stamper) Last(ctx context.Context, pdf []byte) ([]byte, time.Time, error) {
	p, err := s.policy()
	if err != nil {
		return nil, time.Time{}, err
	}
	out, at, err := signer.AddStamp(ctx, pdf, "", s.client, p)
	return out, at, stampProblem(err)
}

// Archive adds a time stamp over the whole file.
func (s *stamper) Archive(ctx context.Context, pdf []byte) ([]byte, time.Time, error) {
	p, err := s.policy()
	if err != nil {
		return nil, time.Time{}, err
	}
	out, at, err := signer.ArchiveStamp(ctx, pdf, s.client, p)
	return out, at, stampProblem(err)
}

func (s *stamper) policy() (signer.Policy, error) {
	roots, err := signer.LoadTrust(s.trust)
	return signer.Policy{Roots: roots, At: s.clock()}, err
}

// stampProblem says what a clerk can do about an answer that is not taken. A
// service out of reach is no problem: it is asked again.
func stampProblem(err error) error {
	switch {
	case errors.Is(err, tsa.ErrRefused):
		return document.Refuse(errors.Join(outbox.ErrStamp, err), "Dịch vụ cấp dấu thời gian từ chối.", "Báo người quản trị kiểm tra mục sign.tsa của vanthu.toml; chữ ký vẫn có giá trị.")
	case errors.Is(err, tsa.ErrWrongAnswer), errors.Is(err, signer.ErrStamp):
		return document.Refuse(errors.Join(outbox.ErrStamp, err), "Dấu thời gian nhận được không hợp lệ hoặc không tin cậy nên không gắn vào văn bản.",
			"Kiểm tra đồng hồ máy và chứng thư gốc của dịch vụ trong thư mục trust; chữ ký vẫn có giá trị.")
	}
	return err
}

// stampPatience is how long a clerk who has just signed waits for the time stamp;
// after that it comes by itself, later.
const stampPatience = 5 * time.Second

// atOnce gives a fresh signature its time when the link stands and the service
// answers soon. Nothing that goes wrong here is the clerk's to hear now.
func (s *stamper) atOnce(ctx context.Context, pdf []byte, online bool) ([]byte, *time.Time) {
	if s == nil || !online {
		return pdf, nil
	}
	ctx, cancel := context.WithTimeout(ctx, stampPatience)
	defer cancel()
	out, at, err := s.Last(ctx, pdf)
	if err != nil {
		return pdf, nil
	}
	return out, &at
}
