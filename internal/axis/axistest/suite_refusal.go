package axistest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/document"
)

// refusals: the axis says no with a code, never with silence.
func (s *suite) refusals(t *testing.T) {
	packet, _ := Packet(t, s.serial(), s.From, s.To, nil)
	nobody, _ := Packet(t, s.serial(), s.From, []document.Agency{{Code: "Z99.999.9", Name: "Không có"}}, nil)
	for name, tt := range map[string]struct {
		from   document.Code
		packet []byte
		codes  string
	}{
		"unknown receiver": {s.From.Code, nobody, axis.CodeUnknownReceiver},
		"unknown sender":   {"Z99.999.8", packet, axis.CodeUnknownSender},
		"no packet":        {s.From.Code, []byte("đây không phải là gói tin"), "10 21 22"},
		"cut packet":       {s.From.Code, packet[:len(packet)/2], "10 21 22"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.client.Send(t.Context(), axis.Message{
				From: tt.from, Type: axis.Edoc, Body: bytes.NewReader(tt.packet), Size: int64(len(tt.packet)),
			})
			wantRefusal(t, err, tt.codes)
		})
	}
	t.Run("damaged", s.damaged)
	t.Run("locked receiver", s.locked)
	const nothing = "00000000-0000-4000-8000-000000000000"
	if _, err := s.client.Fetch(t.Context(), nothing, &bytes.Buffer{}, 1<<20); err == nil || errors.Is(err, axis.ErrOffline) {
		t.Errorf("fetching an unknown docId: %v", err)
	}
	if err := s.client.Acknowledge(t.Context(), nothing, axis.Done); err == nil || errors.Is(err, axis.ErrOffline) {
		t.Errorf("acknowledging an unknown docId: %v", err)
	}
}

func (s *suite) locked(t *testing.T) {
	if s.Locked == "" {
		t.Skip("no locked agency is known")
	}
	packet, _ := Packet(t, s.serial(), s.From, []document.Agency{s.To[0], {Code: s.Locked, Name: "Đang khóa"}}, nil)
	_, err := s.client.Send(t.Context(), axis.Message{From: s.From.Code, Type: axis.Edoc, Body: bytes.NewReader(packet), Size: int64(len(packet))})
	wantRefusal(t, err, axis.CodeLockedReceiver)
	s.send(t, axis.Edoc, packet, s.To[0].Code) // to the others alone it goes
}

// turncoat is a packet that reads otherwise after its first reading: what
// arrives is not what was hashed.
type turncoat struct {
	*bytes.Reader
	second []byte
	passes int
}

// Seek starts the next reading.
func (c *turncoat) Seek(offset int64, whence int) (int64, error) {
	if offset == 0 && whence == io.SeekStart {
		if c.passes++; c.passes > 1 {
			c.Reader = bytes.NewReader(c.second)
		}
	}
	return c.Reader.Seek(offset, whence)
}

// damaged: bytes that changed on the way are refused; hubs have no hash and
// notice only that they are no packet.
func (s *suite) damaged(t *testing.T) {
	packet, _ := Packet(t, s.serial(), s.From, s.To, nil)
	body := &turncoat{Reader: bytes.NewReader(packet), second: bytes.Repeat([]byte("x"), len(packet))}
	_, err := s.client.Send(t.Context(), axis.Message{From: s.From.Code, Type: axis.Edoc, Body: body, Size: int64(len(packet))})
	codes := axis.CodeInvalidFile
	if s.hub() {
		codes = "10 21 22"
	}
	wantRefusal(t, err, codes)
}

func wantRefusal(t *testing.T, err error, codes string) {
	t.Helper()
	var no *axis.Rejected
	if !errors.As(err, &no) || !no.Permanent() || !slices.Contains(strings.Fields(codes), no.Code) {
		t.Errorf("%v, want code %s", err, codes)
	}
}

// secret: a wrong one is told apart from every other trouble, and never shown.
func (s *suite) secret(t *testing.T) {
	c := s.Config
	c.Secret = []byte("sai-bi-mat-" + s.Config.System)
	client, err := axis.New(c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Received(context.Background(), axis.Edoc)
	var no *axis.Rejected
	if !errors.As(err, &no) || no.Code != axis.CodeWrongSecret {
		t.Errorf("wrong secret: %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "sai-bi-mat") {
		t.Error("the secret is in the error")
	}
}
