package axis

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"vanthu/internal/document"
)

func TestDirectoryRows(t *testing.T) {
	body := `{"status":"OK","ErrorCode":"0","data":[
		{"id":7,"pid":"1","code":"h40.1.2","name":"UBND xã\n Định Mỹ\u0000","mail":"a@b.vn","oldCode":"000.01.02.H40","code102":"000.99.02.H40"},
		{"id":"8","pid":null,"code":"28.22.H17","name":null},
		{"name":"without a code"},null,3,{"code":null}]}`
	agency := func(old document.Code) []Agency {
		return []Agency{
			{Agency: document.Agency{Code: "H40.1.2", Name: "UBND xã  Định Mỹ", Email: "a@b.vn"}, ID: "7", Parent: "1", OldCode: old},
			{Agency: document.Agency{Code: "28.22.H17"}, ID: "8"},
		}
	}
	c := answering(t, 200, body)
	if got, err := c.Agencies(t.Context()); err != nil || !reflect.DeepEqual(got, agency("000.01.02.H40")) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := c.AgenciesQD20(t.Context()); err != nil || !reflect.DeepEqual(got, agency("000.99.02.H40")) {
		t.Errorf("QD20: %+v, %v", got, err)
	}
}

func TestUnitRows(t *testing.T) {
	body := `{"status":"OK","ErrorCode":"0","data":[
		{"id":"1","pid":"0","code":"H40","name":"UBND tỉnh","mail":"x","version":12,"centerCode":"00.53.W00","deleted":false,"modifyDate":"2026-11-21","isAgency":true},
		{"id":2,"code":"H40.9","version":"13.0","deleted":"TRUE","isAgency":"0"},
		{"id":"3","version":null,"deleted":1},
		{"version":14}]}`
	var got []Unit
	err := answering(t, 200, body).EachUnit(t.Context(), 11, func(u Unit) error {
		got = append(got, u)
		return nil
	})
	want := []Unit{
		{ID: "1", Parent: "0", Code: "H40", Name: "UBND tỉnh", Email: "x", Version: 12, CenterCode: "00.53.W00", Modified: "2026-11-21", IsAgency: true},
		{ID: "2", Code: "H40.9", Version: 13, Deleted: true},
		{ID: "3", Deleted: true},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestUnitsSince: the version asked for goes out under a name of its own.
func TestUnitsSince(t *testing.T) {
	url, raw := capture(t)
	if err := client(t, url).EachUnit(t.Context(), 4711, func(Unit) error { return nil }); err != nil {
		t.Fatal(err)
	}
	got := parseWired(t, <-raw)
	got.signed(t)
	if got.header["XroadVnpt-unitVersion"] != "4711" || got.header["XroadVnpt-version"] != sdkVersion {
		t.Errorf("%v", got.header)
	}
}

// TestEachEnds: the caller's error ends the list and comes back; a list that
// breaks tells so after its rows.
func TestEachEnds(t *testing.T) {
	enough := errors.New("enough")
	rows := strings.TrimSuffix(strings.Repeat(`{"docId":"d","code":"H40"},`, 100), ",")
	whole := `{"status":"OK","ErrorCode":"0","data":[` + rows + `]}`
	for name, tt := range map[string]struct {
		body   string
		status int
		stop   int // after so many rows, 0 never
		rows   int
		class  error
	}{
		"whole":            {whole, 200, 0, 100, nil},
		"enough":           {whole, 200, 10, 10, enough},
		"enough of a cut":  {whole[:2000], 200, 10, 10, enough},
		"cut":              {whole[:len(whole)-20], 200, 0, 99, ErrMalformed},
		"refused at last":  {`{"data":[` + rows + `],"status":"FAIL","ErrorCode":"20"}`, 200, 0, 100, ErrBusy},
		"rows of an error": {whole, 500, 0, 0, ErrBusy},
	} {
		t.Run(name, func(t *testing.T) {
			c := answering(t, tt.status, tt.body)
			n := 0
			count := func() error {
				if n++; n == tt.stop {
					return enough
				}
				return nil
			}
			err := c.EachAgency(t.Context(), func(Agency) error { return count() })
			checkClass(t, err, tt.class)
			if n != tt.rows {
				t.Errorf("%d agencies, want %d", n, tt.rows)
			}
			n = 0
			checkClass(t, c.EachReceived(t.Context(), Edoc, func(Received) error { return count() }), tt.class)
			if n != tt.rows {
				t.Errorf("%d packets, want %d", n, tt.rows)
			}
		})
	}
}

// TestDirectoryMemory: the national directory passes in memory of its own size
// at no time; what is kept is measured in its middle.
func TestDirectoryMemory(t *testing.T) {
	agencies := 125_000
	if testing.Short() {
		agencies = 10_000
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"status":"OK","ErrorCode":"0","data":[`)
		for i := range agencies {
			fmt.Fprintf(w, `{"id":"%d","pid":"1","code":"H%d.%d","name":"Ủy ban nhân dân xã thứ %d của nước","mail":"xa%d@example.vn","oldCode":""},`, i, i%63, i, i, i)
		}
		io.WriteString(w, `]}`)
	}))
	defer server.Close()
	c := client(t, server.URL)
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	err := c.EachAgency(t.Context(), func(Agency) error {
		if n++; n == agencies/2 {
			runtime.GC()
			runtime.ReadMemStats(&during)
		}
		return nil
	})
	if err != nil || n != agencies {
		t.Fatal(n, err)
	}
	if kept := int64(during.HeapAlloc) - int64(before.HeapAlloc); kept > 2<<20 {
		t.Errorf("%d KB kept half way through", kept>>10)
	}
}

// TestPayloadNobodyWants: what is passed over is not held in memory, however
// long it is; what must be held is bounded.
func TestPayloadNobodyWants(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"status":"OK","ErrorCode":"0","more":[`)
		for range 2000 {
			io.WriteString(w, `{"a":"`)
			io.WriteString(w, long)
			io.WriteString(w, `"},`)
		}
		io.WriteString(w, `],"data":{"x":"`)
		for range 2000 {
			io.WriteString(w, long)
		}
		io.WriteString(w, `"}}`)
	}))
	defer server.Close()
	c := client(t, server.URL)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := c.Acknowledge(t.Context(), "d", Done)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; err != nil || grown > 8<<20 {
		t.Errorf("%d MB allocated in all, %v", grown>>20, err)
	}
	row := `{"status":"OK","ErrorCode":"0","data":[{"code":"a","x":[` + strings.Repeat(`"abcdefghij",`, 60_000) + `1]}]}`
	if _, err := answering(t, 200, row).Agencies(t.Context()); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a row without end: %v", err)
	}
}

func TestCount(t *testing.T) {
	for body, want := range map[string]int{
		`{"status":"OK","ErrorCode":"0","count":3}`:           3,
		`{"status":"OK","ErrorCode":"0","count":"12"}`:        12,
		`{"status":"OK","ErrorCode":0,"Count":4.0,"data":[]}`: 4,
		`{"status":"OK","ErrorCode":"0","count":0}`:           0,
	} {
		for _, kind := range []MessageType{Edoc, StatusMessage} {
			if n, err := answering(t, 200, body).Count(t.Context(), kind); err != nil || n != want {
				t.Errorf("%s: %d, %v", body, n, err)
			}
		}
	}
	for body, class := range map[string]error{
		`{"status":"OK","ErrorCode":"0"}`:               ErrMalformed,
		`{"status":"OK","ErrorCode":"0","count":null}`:  ErrMalformed,
		`{"status":"OK","ErrorCode":"0","count":-1}`:    ErrMalformed,
		`{"status":"OK","ErrorCode":"0","count":"ba"}`:  ErrMalformed,
		`{"status":"OK","ErrorCode":"0","count":[1]}`:   ErrMalformed,
		`{"status":"FAIL","ErrorCode":"15","count":0}`:  &Rejected{Code: CodeWrongSecret},
		`{"status":"FAIL","ErrorCode":"20","count":99}`: ErrBusy,
	} {
		_, err := answering(t, 200, body).Count(t.Context(), Edoc)
		checkClass(t, err, class)
	}
}

func TestRegister(t *testing.T) {
	url, raw := capture(t)
	r := Registration{ID: "5", Parent: "H40", Code: "H40.1", Name: "UBND <xã> & \"phường\"\n", Email: "a@b.vn", Mobile: "0", Fax: "1"}
	if err := client(t, url).RegisterAgency(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	got := parseWired(t, <-raw)
	got.signed(t)
	var back Registration
	if err := json.Unmarshal([]byte(got.body), &back); err != nil || back != r || strings.Contains(got.body, `\u003c`) {
		t.Errorf("%v: %s", err, got.body)
	}
	c := client(t, "http://127.0.0.1:1")
	if err := c.RegisterAgency(t.Context(), Registration{}); !errors.Is(err, ErrValue) {
		t.Errorf("no code: %v", err)
	}
	for _, code := range []document.Code{"", "Hà Nội"} {
		if err := c.DeleteAgency(t.Context(), code); !errors.Is(err, ErrValue) {
			t.Errorf("%q: %v", code, err)
		}
	}
	for _, err := range []error{
		answering(t, 200, `{"status":"FAIL","ErrorCode":"19"}`).RegisterAgency(t.Context(), r),
		answering(t, 200, `{"status":"FAIL","ErrorCode":"19"}`).DeleteAgency(t.Context(), "H40"),
	} {
		checkClass(t, err, &Rejected{Code: "19"})
	}
}
