package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/exchange"
)

// A body is printed with what is known of it, and only that.
func TestAgencyFound(t *testing.T) {
	commune := document.Agency{Code: "H40.5.2", Name: "Ủy ban nhân dân xã Định Mỹ"}
	for _, tt := range []struct {
		entry exchange.Entry
		text  string
		json  string
	}{
		{exchange.Entry{Agency: commune}, "H40.5.2          Ủy ban nhân dân xã Định Mỹ\n",
			`{"code":"H40.5.2","name":"Ủy ban nhân dân xã Định Mỹ","standing":"in-force"}`},
		{exchange.Entry{Agency: commune, Old: []document.Code{"000.22.32.H12", "H12.1"}, Since: document.Date{Year: 2025, Month: 7, Day: 1}},
			"H40.5.2          Ủy ban nhân dân xã Định Mỹ\n                 mã cũ 000.22.32.H12, H12.1; có từ 01/07/2025\n",
			`{"code":"H40.5.2","name":"Ủy ban nhân dân xã Định Mỹ","standing":"in-force","oldCodes":["000.22.32.H12","H12.1"],"since":"2025-07-01"}`},
		{exchange.Entry{Agency: document.Agency{Code: "H40.9", Name: "Huyện\x1b[31m Cũ"}, Standing: exchange.Merged, Until: document.Date{Year: 2025, Month: 7, Day: 1}, Heirs: []document.Agency{commune}},
			"H40.9            Huyện\uFFFD[31m Cũ\n                 nay là Ủy ban nhân dân xã Định Mỹ (H40.5.2)\n",
			`{"code":"H40.9","name":"Huyện\u001b[31m Cũ","standing":"merged","note":"nay là Ủy ban nhân dân xã Định Mỹ (H40.5.2)","until":"2025-07-01","successors":[{"code":"H40.5.2","name":"Ủy ban nhân dân xã Định Mỹ"}]}`},
		{exchange.Entry{Agency: document.Agency{Code: "H40.9", Name: "Huyện Cũ"}, Standing: exchange.Dissolved, Until: document.Date{Year: 2025, Month: 7, Day: 1}},
			"H40.9            Huyện Cũ\n                 đã ngừng trên Trục từ 01/07/2025\n",
			`{"code":"H40.9","name":"Huyện Cũ","standing":"dissolved","note":"đã ngừng trên Trục từ 01/07/2025","until":"2025-07-01"}`},
	} {
		found := describeAgency(tt.entry)
		var text strings.Builder
		found.print(&text)
		if text.String() != tt.text {
			t.Errorf("printed %q, want %q", text.String(), tt.text)
		}
		if b, err := json.Marshal(found); string(b) != tt.json || err != nil {
			t.Errorf("as JSON %s, %v; want %s", b, err, tt.json)
		}
	}
}
