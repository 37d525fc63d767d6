package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/ui"
)

// TestConnectionFiles: a file of the connection that cannot be used is named by
// its key, and what is in it is not shown.
func TestConnectionFiles(t *testing.T) {
	const secret = "-----BEGIN PRIVATE KEY-----\nbí mật\n-----END PRIVATE KEY-----\n"
	for name, c := range map[string]struct {
		change func(*office.Axis)
		says   string
	}{
		"no secret":      {func(a *office.Axis) { a.SecretFile = "không-có" }, "axis.secret_file"},
		"no roots":       {func(a *office.Axis) { a.Roots = "không-có" }, "axis.roots"},
		"no PEM":         {func(a *office.Axis) { a.Roots = "axis.secret" }, "axis.roots"},
		"no certificate": {func(a *office.Axis) { a.ClientCert, a.ClientKey = "không-có", "may.key" }, "axis.client_cert"},
		"wrong key":      {func(a *office.Axis) { a.ClientCert, a.ClientKey = "may.key", "may.key" }, "axis.client_cert"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newPlace(t)
			defer w.Close()
			for file, text := range map[string]string{"axis.secret": "bí mật", "may.key": secret} {
				if err := os.WriteFile(filepath.Join(w.home.Dir, file), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			w.office.Axis = office.Axis{URL: "https://truc.example.vn", System: "A", SecretFile: "axis.secret"}
			c.change(&w.office.Axis)
			err := w.connect(openOptions{})
			var p *document.Problem
			if !errors.As(err, &p) || !strings.Contains(p.What+p.Next, c.says) || !errors.Is(err, office.ErrConfig) {
				t.Fatalf("got %v, want %s", err, c.says)
			}
			if strings.Contains(p.What+p.Next, "bí mật\n") {
				t.Errorf("%q shows what is in the file", p.What)
			}
		})
	}
}

// TestHoursAreTheOffices: quiet hours are those of Vietnam, also on a machine that
// keeps another time.
func TestHoursAreTheOffices(t *testing.T) {
	w := newPlace(t)
	w.office.Link.Quiet = "22:00-05:00"
	if err := office.Save(w.home, w.office); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]string{"2026-11-21T15:30:00Z": "2026-11-22T05:00:00+07:00", "2026-11-21T22:30:00Z": ""} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		w, err := openWorkplace(w.home, openOptions{clock: func() time.Time { return at }})
		if err != nil {
			t.Fatal(err)
		}
		s := w.linkState()
		if got := s.Hold == ui.QuietHours; got != (want != "") {
			t.Errorf("%s: held back by %q", now, s.Hold)
		}
		if want != "" && s.Until.In(document.Zone()).Format(time.RFC3339) != want {
			t.Errorf("%s: until %v, want %s", now, s.Until, want)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
