package exchange_test

import (
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
)

// Over the wire from the simulator: the whole list once, then changes only; a
// body that is dissolved is shown as such, a new one is there.
func TestDirectoryOverTheWire(t *testing.T) {
	w := newWorld(t)
	asked := map[string][]int{} // rows answered, by operation
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		w.sim.Handler().ServeHTTP(answer, r)
		operation := path.Base(r.URL.Path)
		asked[operation] = append(asked[operation], strings.Count(answer.Body.String(), `"code":`))
		_, _ = out.Write(answer.Body.Bytes())
	}))
	defer server.Close()
	o := w.office(commune(), "dinhmy", "một")
	client, err := axis.New(axis.Config{URL: server.URL, System: "dinhmy", Secret: []byte("một"), Clock: w.clock, PlainAllowed: true})
	if err != nil {
		t.Fatal(err)
	}
	o.Axis = client
	afternoon := func(days int) {
		w.set(time.Date(2026, 11, 20+days, 14, 0, 0, 0, document.Zone()))
		o.drain()
	}
	afternoon(0)
	afternoon(1) // all changes, to know where they stand
	if err := w.sim.Enter(axissim.Agency{Agency: document.Agency{Code: "H40.5.4", Name: "Ủy ban nhân dân xã Mới"}, Parent: "H40", System: "tinh"}); err != nil {
		t.Fatal(err)
	}
	if err := w.sim.Dissolve(neighbour().Code); err != nil {
		t.Fatal(err)
	}
	afternoon(2)
	afternoon(3)
	want(t, "directory", o.diary().says(t, neighbour().Code, "000.H4053.H53", "H40.5.4"), `
H40.5.3: Ủy ban nhân dân xã Vĩnh Hòa đã ngừng trên Trục từ 21/11/2026
000.H4053.H53: Ủy ban nhân dân xã Vĩnh Hòa đã ngừng trên Trục từ 21/11/2026
H40.5.4: to H40.5.4 Ủy ban nhân dân xã Mới`)
	if e, _, err := o.Directory.Status("H40.5.4"); err != nil || e.InCharge != province().Name || e.Since.String() != "22/11/2026" {
		t.Errorf("%+v, %v", e, err)
	}
	if got := asked["getSynchronizeUnit"]; len(asked["getAgenciesList"]) != 1 || len(got) != 3 || got[0] != 3 || got[1] != 2 || got[2] != 0 {
		t.Errorf("rows by operation: %v", asked)
	}
}
