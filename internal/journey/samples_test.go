package journey

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/document"
)

// samples are the official packets of the axis's SDK. The project does not copy
// them.
const samples = "../../../shared/samples/edxml/official"

// TestOfficialSamplesComeInAndAreRegistered sends the official document packets
// through the simulator, and registers, shows and saves what came.
func TestOfficialSamplesComeInAndAreRegistered(t *testing.T) {
	if _, err := os.Stat(samples); err != nil {
		t.Skipf("the official samples are not here: %v", err)
	}
	tests := []struct {
		file          string
		from, to      document.Code
		subject, name string
	}{
		{"edoc.edxml", "002.00.20.H13", "000.00.15.H51", "Văn bản liên thông chỉ đạo - 190701", "GUIDE_INSTALL OPENVPN.SIGNED.PDF"},
		{"edoc_new.edxml", "000.00.00.A80", "28.22.H17", "V/v kết nối, liên thông phần mềm quản lý văn bản", "1896_QD-TTg_m_294779.doc"},
		{"edoc_replacement.edxml", "000.00.00.G22", "000.00.00.H41", "V/v kết nối, liên thông phần mềm quản lý văn bản", "1896_QD-TTg_m_294779.doc"},
		{"edoc_revocation.edxml", "000.00.00.G22", "000.00.00.H41", "V/v kết nối, liên thông phần mềm quản lý văn bản", "1896_QD-TTg_m_294779.doc"},
		{"edoc_update.edxml", "000.00.00.G22", "000.00.00.H41", "V/v kết nối, liên thông phần mềm quản lý văn bản", "1896_QD-TTg_m_294779.doc"},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			s := sceneOf(t, document.Agency{Code: tt.to, Name: "Ủy ban nhân dân xã Định Mỹ"},
				document.Agency{Code: tt.from, Name: "Cơ quan gửi"}, document.Agency{Code: "000.00.00.H14", Name: "Một tỉnh"}, document.Agency{Code: "000.00.00.G17", Name: "Một bộ"})
			packet, err := os.ReadFile(filepath.Join(samples, tt.file))
			s.ok(err)
			_, err = s.other.Send(context.Background(), axis.Message{From: tt.from, Type: axis.Edoc, Body: bytes.NewReader(packet), Size: int64(len(packet))})
			s.ok(err)
			s.do(nil, "sync", "--once")
			doc := s.soleIncoming()
			if doc.Received.Subject != tt.subject {
				t.Errorf("subject %q", doc.Received.Subject)
			}
			s.registersAndSaves(doc, tt.name)
			s.showsOnScreen(doc)
		})
	}
}

func (s *scene) soleIncoming() (doc inbox.Document) {
	s.t.Helper()
	var list struct{ Documents []inbox.Summary }
	s.do(&list, "list", "incoming")
	if len(list.Documents) != 1 {
		s.t.Fatalf("%d documents came in", len(list.Documents))
	}
	s.do(&doc, "inspect", list.Documents[0].ID)
	return doc
}

func (s *scene) registersAndSaves(doc inbox.Document, name string) {
	s.t.Helper()
	var after inbox.Document
	s.do(&after, "register", doc.ID)
	if after.Entry == nil || after.Entry.Number != 1 {
		s.t.Fatalf("registered as %+v", after.Entry)
	}
	if len(doc.Files) != 1 || doc.Files[0].Name != name {
		s.t.Fatalf("files %+v", doc.Files)
	}
	var saved struct{ Path string }
	out := filepath.Join(s.dir, "saved")
	s.ok(os.Mkdir(out, 0o700))
	s.do(&saved, "save", doc.ID, "1", "--to", out)
	info, err := os.Stat(saved.Path)
	s.ok(err)
	if filepath.Dir(saved.Path) != out || info.Size() != doc.Files[0].Size || info.Size() == 0 {
		s.t.Errorf("saved %s, %d bytes of %d", saved.Path, info.Size(), doc.Files[0].Size)
	}
}

// showsOnScreen opens the document on the real screen and reads its subject.
func (s *scene) showsOnScreen(doc inbox.Document) {
	s.t.Helper()
	p := s.sits()
	p.see("Hôm nay")
	p.press("2")
	p.see(doc.Received.Code.String()[:8])
	p.press(enter)
	first, _, _ := strings.Cut(doc.Received.Subject, ",")
	p.see("Văn bản đến số 1", first, doc.Files[0].Name)
	p.press("q")
	if code, err := p.term.Wait(patience); code != 0 || err != nil {
		s.t.Errorf("leaving: exit %d, %v", code, err)
	}
}
