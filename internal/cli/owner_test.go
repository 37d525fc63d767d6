package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/office"
)

// newPlace opens a small office in this process.
func newPlace(t testing.TB) *workplace {
	t.Helper()
	home, err := office.HomeAt(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := home.Make(); err != nil {
		t.Fatal(err)
	}
	o := office.Office{Agency: document.Agency{Code: "H01.151", Name: "Ủy ban nhân dân xã Định Mỹ"}, Abbr: "UBND", Place: "Định Mỹ",
		Clerk: document.Staff{Name: "Nguyễn Thị Bích"}}
	if err := office.Save(home, o); err != nil {
		t.Fatal(err)
	}
	w, err := openWorkplace(home, openOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// newOwner is newPlace that serves other programs until the test ends.
func newOwner(t testing.TB) *workplace {
	t.Helper()
	w := newPlace(t)
	own, err := w.listen(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// ask sends raw bytes to the owner and gives everything it answers.
func ask(t *testing.T, w *workplace, line string) string {
	t.Helper()
	conn, err := dialOwner(w.home)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, line); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestOwnerAnswersAVerb(t *testing.T) {
	w := newOwner(t)
	var out, errs bytes.Buffer
	c := &call{ctx: context.Background(), args: []string{"--json", "list", "incoming"}, home: w.home, cwd: t.TempDir(), out: &out, err: &errs, in: noInput{}}
	code, done := forward(c)
	if code != Done || !done || !strings.Contains(out.String(), `"documents": []`) || errs.Len() > 0 {
		t.Errorf("%d, %v: %q %q", code, done, out.String(), errs.String())
	}
}

func TestOwnerSocketIsPrivate(t *testing.T) {
	w := newOwner(t)
	info, err := os.Stat(w.home.Socket())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

// TestOwnerSurvivesNonsense sends what no program of ours would: the owner
// answers nothing or a refusal, and goes on.
func TestOwnerSurvivesNonsense(t *testing.T) {
	w := newOwner(t)
	for _, line := range []string{"", "\n", "{", "{}\n", "null\n", `{"version":"another","args":["check"]}` + "\n", strings.Repeat("x", 2*maxRequest)} {
		conn, err := dialOwner(w.home)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(conn, line) // the owner may hang up before all is written
		conn.Close()
	}
	answer := ask(t, w, `{"version":"another","args":["check"]}`+"\n")
	if !strings.Contains(answer, `"exit":1`) {
		t.Errorf("another build was answered %q", answer)
	}
	if code, done := forward(&call{ctx: context.Background(), args: []string{"check"}, home: w.home, out: io.Discard, err: io.Discard}); code != Done || !done {
		t.Errorf("after the nonsense: %d, %v", code, done)
	}
}

// TestNewIDs are in the order of time and never the same.
func TestNewIDs(t *testing.T) {
	second := int64(1_800_000_000)
	seen := map[string]bool{}
	var last string
	for range 1000 {
		second++
		id := newID("den", func() time.Time { return time.Unix(second, 0) })()
		if seen[id] || id <= last || len(id) > 20 {
			t.Fatalf("%s after %s", id, last)
		}
		seen[id], last = true, id
	}
}

// TestVerbFindsLateOwner: a program that took the home a moment before the
// verb, and listens only now, is asked instead of waited for in vain.
func TestVerbFindsLateOwner(t *testing.T) {
	w := newOwner(t)
	c := &call{ctx: t.Context(), home: w.home}
	if _, err := c.open(); !errors.Is(err, errOwned) {
		t.Errorf("got %v, want errOwned", err)
	}
}
