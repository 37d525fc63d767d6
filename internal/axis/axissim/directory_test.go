package axissim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"vanthu/internal/document"
)

// units asks for the units newer than a version; "" for all.
func (c caller) units(t *testing.T, since string) (all []unitRow) {
	t.Helper()
	var got struct{ Data []unitRow }
	headers := []string{"unitVersion", since}
	if since == "" {
		headers = nil
	}
	if err := json.Unmarshal([]byte(c.call(t, "getSynchronizeUnit", nil, headers...)), &got); err != nil {
		t.Fatal(err)
	}
	return got.Data
}

// TestVersionsOfUnits: every change has a version of its own, the same one after
// a restart, and what is newer than one can be asked for.
func TestVersionsOfUnits(t *testing.T) {
	dir := t.TempDir()
	a, tinh, xa := open(t, dir)
	if got := tinh.units(t, ""); len(got) != 4 || got[0].Version != 1 || got[0].ModifyDate != "" || got[3].IsAgency {
		t.Fatalf("at first %+v", got)
	}
	for _, step := range []struct{ operation, body, code string }{
		{"registerAgency", `{"code":"H40.3","name":"Xã Ba"}`, ""}, {"registerAgency", `{"code":"H40.1","name":"Phường Một"}`, ""},
		{"deleteAgency", "{}", "H40.3"}, {"registerAgency", `{"pid":"vxp-h40","code":"H40.3","name":"Xã Ba mới"}`, ""}, {"deleteAgency", "{}", "H40.2"},
	} {
		headers := []string{"AgencyCode", step.code}
		wantCode(t, step.operation, xa.call(t, step.operation, []byte(step.body), headers...), "0")
	}
	want := fmt.Sprint([]unitRow{
		{ID: "vxp-h40.2", PID: "vxp-h40", Code: "H40.2", Name: "Xã Hai", Mail: "vt@h40.2.vn", Version: 6, Deleted: true, ModifyDate: "21/11/2026 08:00:00", IsAgency: true},
		{ID: "vxp-h40.3", PID: "vxp-h40", Code: "H40.3", Name: "Xã Ba mới", Version: 5, ModifyDate: "21/11/2026 08:00:00", IsAgency: true},
	})
	for range 2 {
		if got := tinh.units(t, "4"); fmt.Sprint(got) != want {
			t.Errorf("got  %+v\nwant %s", got, want)
		}
		for since, n := range map[string]int{"": 5, "x": 5, "-1": 5, "1": 3, "3": 2, "6": 0} {
			if got := tinh.units(t, since); len(got) != n {
				t.Errorf("newer than %q are %d", since, len(got))
			}
		}
		a.Close()
		a, tinh, _ = open(t, dir)
	}
}

// TestOldCodes: an agency goes by its old code, unless another has that as its
// present one, and by none when it is dissolved.
func TestOldCodes(t *testing.T) {
	a, _, _ := open(t, t.TempDir())
	who := func(code string) string {
		g, _ := a.state.agency(code)
		return string(g.Code)
	}
	enter := func(code, old string) {
		t.Helper()
		if err := a.Enter(Agency{Agency: document.Agency{Code: document.Code(code), Name: code}, OldCode: document.Code(old)}); err != nil {
			t.Fatal(err)
		}
	}
	enter("H41", "H40.2")
	enter("H42", "000.9")
	if got := who("h40.2") + who(" 000.9 ") + who("000.00.00.h40"); got != "H40.2H42H40" {
		t.Error(got)
	}
	if err := errors.Join(a.Dissolve("H42"), a.Dissolve("H42"), a.Dissolve("H99")); err != nil {
		t.Fatal(err)
	}
	if got := who("000.9") + who("H42"); got != "" {
		t.Errorf("dissolved: %s", got)
	}
	if a.state.version != 4 {
		t.Errorf("version %d", a.state.version)
	}
}

// listener is a client that changes the directory while it is being told.
type listener struct {
	http.ResponseWriter
	between func()
	longest int
}

func (l *listener) Write(p []byte) (int, error) {
	l.longest = max(l.longest, len(p))
	l.between()
	return l.ResponseWriter.Write(p)
}

// TestDirectoryIsStreamed: a long directory goes out in small pieces, and the
// axis serves others meanwhile; it came in one agency at a time.
func TestDirectoryIsStreamed(t *testing.T) {
	const n = 5000
	a, tinh, _ := open(t, t.TempDir(), func(o *Options) {
		o.Directory = func(yield func(Agency, error) bool) {
			for i := range n {
				if !yield(Agency{Agency: document.Agency{Code: document.Code(fmt.Sprintf("H41.%d", i)), Name: "Ủy ban nhân dân xã"}, Parent: "H41"}, nil) {
					return
				}
			}
		}
	})
	w := httptest.NewRecorder()
	l := &listener{ResponseWriter: w, between: func() {
		if err := a.Enter(Agency{Agency: document.Agency{Code: "H41.7", Name: "Đổi tên"}}); err != nil {
			t.Error(err)
		}
	}}
	tinh.handler.ServeHTTP(l, tinh.request("getAgenciesList", nil))
	var got struct{ Data []agencyRow }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Data) != n+4 {
		t.Errorf("%d rows, %v", len(got.Data), err)
	}
	if l.longest > 32<<10 || w.Header().Get("Content-Length") != "" {
		t.Errorf("pieces of %d bytes", l.longest)
	}
}

// TestBadDirectory: an axis does not begin with half a directory.
func TestBadDirectory(t *testing.T) {
	wrong := errors.New("wrong")
	o := simOptions(t.TempDir())
	o.Directory = func(yield func(Agency, error) bool) { yield(Agency{}, wrong) }
	if a, err := New(o); !errors.Is(err, wrong) {
		a.Close()
		t.Error(err)
	}
	o.Directory, o.Mode = nil, "soap"
	if a, err := New(o); !errors.Is(err, ErrMode) {
		a.Close()
		t.Error(err)
	}
}
