// Package letter makes up what the benchmarks work on: a commune and the packets
// it receives. The same seed makes the same packets.
//
// Start reading at New.
package letter

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
)

// Commune is the office the packets are for. Its axis answers nobody.
func Commune() office.Office {
	return office.Office{
		Abbr: "UBND", Place: "Định Mỹ",
		Agency:  document.Agency{Code: "H01.151", Name: "Ủy ban nhân dân xã Định Mỹ"},
		Clerk:   document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Trần Thị Sáu", Mobile: "0912000001"},
		Leaders: []office.Leader{{Signer: Leader()}},
		Axis:    office.Axis{URL: "http://127.0.0.1:9", AllowPlain: true, System: "bench", SecretFile: "axis.secret"},
	}
}

// Units handle what the commune receives.
func Units() []string { return []string{"Phòng Kinh tế", "Phòng Văn hóa - Xã hội"} }

// Leader signs for the commune.
func Leader() document.Signer {
	return document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Văn Nghĩa"}
}

// Sender is the body all packets come from.
func Sender() document.Agency {
	return document.Agency{Code: "000.00.00.H01", Name: "Ủy ban nhân dân tỉnh An Giang"}
}

// Writer writes packets one after the other.
type Writer struct {
	rand *rand.Rand
	n    int
}

// New begins the packets of a seed.
func New(seed uint64) *Writer { return &Writer{rand: rand.New(rand.NewPCG(seed, 0))} }

// Next is the next packet, dated day. One in three is urgent.
func (w *Writer) Next(day document.Date) ([]byte, error) {
	w.n++
	types := document.Types()
	typ := types[w.rand.IntN(len(types))]
	code := document.Reference{Number: fmt.Sprint(w.n), Notation: document.Notation(typ, "UBND", "VP")}
	file := fmt.Sprintf("%%PDF-1.4 %d", w.n)
	var out bytes.Buffer
	err := edxml.WriteDocument(&out, edxml.Document{
		From: Sender(), To: []document.Agency{Commune().Agency}, ID: document.NewID(Sender().Code, day, code), Code: code, Place: "Long Xuyên", Date: day,
		Type: edxml.TypeInfo{Type: 2, Detail: typ.List, Name: typ.Name}, Subject: w.Subject(),
		Signer: document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Lê Thị Mỹ Hạnh"},
		Other:  edxml.Other{Urgency: document.Urgency(max(0, w.rand.IntN(12)-8)), Pages: 1 + w.rand.IntN(20)},
		Traces: []edxml.Trace{{Organ: string(Sender().Code), Time: "2026/01/01 08:00:00"}},
		Attachments: []edxml.Attachment{{ID: "1", Name: "van-ban.pdf", ContentType: "application/pdf", Size: int64(len(file)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }}},
	})
	return out.Bytes(), err
}

// Subject makes up what a document is about.
func (w *Writer) Subject() string {
	acts := []string{"Triển khai", "Tăng cường", "Rà soát", "Báo cáo kết quả", "Đôn đốc", "Hướng dẫn", "Kiểm tra"}
	matters := []string{"phòng, chống thiên tai", "cải cách thủ tục hành chính", "quản lý đất đai", "thu ngân sách", "giảm nghèo bền vững", "chuyển đổi số", "tiêm chủng mở rộng"}
	return fmt.Sprintf("V/v %s công tác %s trên địa bàn xã quý %d năm 2026", acts[w.rand.IntN(len(acts))], matters[w.rand.IntN(len(matters))], 1+w.rand.IntN(4))
}
