package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// signing is the dialog before a key is used: what exactly is signed, with which key,
// and the PIN. The PIN is given to the key once, then forgotten, right or wrong.
type signing struct {
	keyDialog
	doc   outbox.Document
	seal  bool // the agency's signature, otherwise the leader's
	ready bool
	final bool // the clerk was told that the next try is the last
}

func newSigning(m *Model, doc outbox.Document, seal bool) *signing {
	title, next := "Ký số của người có thẩm quyền", "Đọc kỹ phần trên. Chọn khóa của người ký, gõ PIN rồi Enter. Sai PIN nhiều lần thiết bị sẽ bị khóa."
	if seal {
		title, next = "Ký số của cơ quan", "Đọc kỹ số và ngày sẽ ghi. Chọn khóa của cơ quan, gõ PIN rồi Enter. Sai PIN nhiều lần thiết bị sẽ bị khóa."
	}
	s := &signing{keyDialog: newKeyDialog(m, title, next), doc: doc, seal: seal}
	s.form.submit, s.form.result = s.use, s.used
	s.intro = signedThing(m, doc, seal)
	if m.o.Hint != "" {
		s.intro = append(s.intro, clean(m.o.Hint))
	}
	return s
}

// signedThing says what is signed: the words a person knows it by and the hash that
// means exactly these bytes.
func signedThing(m *Model, doc outbox.Document, seal bool) []string {
	lines := []string{
		"Văn bản:  " + clean(strings.TrimSpace(doc.Draft.TypeName+" "+doc.Draft.Subject)),
		fmt.Sprintf("Tệp:      %s, %s", clean(doc.File.Name), bytesText(doc.File.Size)),
		"SHA-256:  " + string(doc.File.Hash),
	}
	if seal {
		lines = append(lines, sealedText(doc, m.o.Outbox.Place)...)
	} else {
		lines = append(lines, "Người ký: "+signerText(doc.Draft.Signer))
	}
	return lines
}

// sealedText is what sealing writes on the page besides the seal itself.
func sealedText(doc outbox.Document, place string) []string {
	number := doc.Code.Number
	day := fmt.Sprintf("ngày %s, tháng %s", doc.Date.DayText(), doc.Date.MonthText())
	switch {
	case doc.Layout.Whole:
		number = "Số: " + doc.Code.String()
		day = place + ", " + doc.Date.Words()
	case !doc.Layout.Year.IsZero():
		day += fmt.Sprintf(", năm %d", doc.Date.Year)
	}
	return []string{
		"Sẽ ghi số:  " + clean(number) + "  (văn bản số " + clean(doc.Code.String()) + ")",
		"Sẽ ghi ngày: " + clean(day) + "  (" + doc.Date.Words() + ")",
		"Sẽ đóng:    hình dấu của cơ quan và chữ ký số của cơ quan",
	}
}

// prepared is what the dialog learns before it asks for the PIN.
type prepared struct {
	keys  []KeyInfo
	pages int
}

func (s *signing) load(m *Model, quiet bool) tea.Cmd {
	if quiet && s.ready {
		return nil
	}
	keys, pages, desk, file := m.o.Keys, m.o.Pages, m.o.Outbox, s.doc.File
	return s.ask(m, "Đang tìm thiết bị ký và đọc tệp", func(ctx context.Context) (any, error) {
		var p prepared
		if keys == nil {
			return p, nil
		}
		var err error
		if p.keys, err = keys.List(ctx); err != nil || pages == nil {
			return p, err
		}
		f, err := desk.Store.OpenBlob(file.Hash)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		pdf, err := io.ReadAll(f)
		if err == nil {
			p.pages, err = pages(ctx, pdf)
		}
		return p, err
	})
}

func (s *signing) take(m *Model, v any) tea.Cmd {
	p, ok := v.(prepared)
	if !ok {
		return s.form.take(m, v)
	}
	s.ready = true
	if p.pages > 0 {
		s.intro[1] += fmt.Sprintf(", %d trang", p.pages)
	}
	if len(p.keys) == 0 {
		m.warn("Không thấy khóa ký nào: cắm thiết bị ký rồi nhấn Esc và làm lại.")
	}
	s.offer(m, p.keys, s.preferred(m))
	return nil
}

// preferred is the key that belongs to the act.
func (s *signing) preferred(m *Model) string {
	if s.seal {
		return m.o.SealKey
	}
	return m.keyOf(s.doc.Draft.Signer)
}

// keyOf is the key of a leader, "" when none is known.
func (m *Model) keyOf(who document.Signer) string {
	for _, l := range m.o.Leaders {
		if l.Signer == who {
			return l.Key
		}
	}
	return ""
}

// use gives the PIN to the key and signs. The PIN leaves the form before the command
// runs, so that nothing can try it again.
func (s *signing) use(m *Model) tea.Cmd {
	k, ok := s.chosen()
	switch {
	case !ok:
		return nil
	case k.Locked:
		s.pin.wipe()
		m.warn("Thiết bị này đã bị khóa: cần cơ quan cấp thiết bị mở khóa.")
		return nil
	}
	pin := s.spend()
	keys, desk, id, act, event := m.o.Keys, m.o.Outbox, s.doc.ID, m.o.Outbox.Sign, outbox.EventSign
	what, final := "Đang ký số", s.final
	if s.seal {
		act, event, what = desk.Seal, outbox.EventSeal, "Đang ghi số, ngày và ký số của cơ quan"
	}
	return s.run(m, waiting(k, what), func(ctx context.Context) (any, error) {
		defer clear(pin)
		if err := desk.MaySign(id, event); err != nil {
			return nil, err // no PIN is spent on what would be refused
		}
		key, err := openKey(ctx, keys, k.Ref, pin, final)
		if err != nil {
			return nil, err
		}
		doc, err := act(ctx, id, key)
		return doc, errors.Join(err, key.Close())
	})
}

func (s *signing) used(m *Model, v any) tea.Cmd {
	if s.seal {
		return m.done(v, "Cơ quan đã ký số; văn bản sẵn sàng phát hành.")
	}
	return m.done(v, "Đã ký số; bước sau là cấp số.")
}

// failed says how many tries a wrong PIN has left, and waits for another PIN.
func (s *signing) failed(m *Model, err error) {
	var wrong *PINError
	if !errors.As(err, &wrong) {
		m.problem(err)
		return
	}
	s.focus, s.final = 1, wrong.Final
	what, next := pinText(wrong)
	s.pin.problem = what
	m.problem(document.Refuse(err, what, next))
}

var _ typist = (*signing)(nil)
