package journey

import (
	"fmt"
	"testing"

	"vanthu/outbox"
)

// TestSignManyOnTheScreen: 16:50, the chairman stands there with his key and the link
// is dead. Three documents, one PIN; then number, and one PIN for the seal.
func TestSignManyOnTheScreen(t *testing.T) {
	s := newScene(t)
	s.do(nil, "sync", "--once")
	s.ok(s.axisProcess.Kill())
	var ids []string
	for i := range 3 {
		var doc outbox.Document
		s.do(&doc, "draft", s.draft, "--type", "Quyết định", "--urgency", "Khẩn", "--to", string(neighbour().Code), "--subject", fmt.Sprintf("Việc khẩn số %d", i+1))
		ids = append(ids, doc.ID)
	}
	p := s.sits()
	p.see("Hôm nay")
	p.press("3")
	p.see("Việc khẩn số 1")
	p.press("s")
	p.see("Sẽ ký 3/3 văn bản", "Việc khẩn số 3", leader().Name)
	p.press(enter)
	p.see("Mã PIN", "Sẽ ký 3 văn bản")
	p.press("12345678", enter)
	p.see("Đã ký 3/3 văn bản")
	for _, id := range ids {
		s.do(nil, "number", id) // in the process of the screen
	}
	p.press(esc)
	p.see("Đã cấp số")
	p.press("d")
	p.see("Sẽ ký 3/3 văn bản", "01/QĐ-UBND ngày")
	p.press(enter)
	p.see("Mã PIN")
	p.press("12345678", enter)
	p.see("Đã ký 3/3 văn bản; bước sau là phát hành")
	for _, id := range ids {
		var doc outbox.Document
		if s.do(&doc, "show", id); doc.State != outbox.Sealed {
			t.Errorf("%s is %s", id, doc.State)
		}
	}
}
