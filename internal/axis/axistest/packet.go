package axistest

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// Packet is a document packet with a Vietnamese subject and the files given,
// name to content. serial makes it one of its kind.
func Packet(t testing.TB, serial int, from document.Agency, to []document.Agency, files map[string][]byte) ([]byte, edxml.Document) {
	t.Helper()
	date := document.Date{Year: 2026, Month: time.November, Day: 21}
	code := document.Reference{Number: document.FormatNumber(serial), Notation: "QĐ-UBND"}
	d := edxml.Document{
		From: from, To: to, ID: document.NewID(from.Code, date, code), Code: code,
		Place: "Định Mỹ", Date: date, DateRaw: date.Axis(),
		Type:     edxml.TypeInfo{Type: 2, Detail: 2, Name: "Quyết định"},
		Subject:  fmt.Sprintf("Thử liên thông: phê duyệt kế hoạch “phòng, chống lụt bão” <số %d> & ĂÂĐÊÔƠƯ", serial),
		Signer:   document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Thị Ngọc Trâm"},
		Other:    edxml.Other{Urgency: document.Urgent, Amount: 1, Pages: 2},
		ToPlaces: []string{"Như trên", "Lưu: VT"},
		Business: edxml.Business{Reason: "Văn bản điện tử mới"},
	}
	for name, content := range files {
		d.Attachments = append(d.Attachments, edxml.Attachment{
			Name: name, Size: int64(len(content)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		})
	}
	var b bytes.Buffer
	if err := edxml.WriteDocument(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), d
}

// Report is a status packet about a document.
func Report(t testing.TB, from document.Agency, about edxml.Document, status document.Status) []byte {
	t.Helper()
	var b bytes.Buffer
	err := edxml.WriteStatus(&b, edxml.Status{
		From:        from,
		For:         document.Ref{Organ: about.From.Code, Reference: about.Code, Date: about.Date, ID: about.ID},
		Code:        status,
		Description: status.Name(),
		Time:        time.Date(2026, 11, 21, 8, 0, 0, 0, document.Zone()),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
