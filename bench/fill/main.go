// Fill makes an office's home with many incoming documents, through the same
// desk that receives and registers them in earnest: packet, files, register
// line, statuses and journal are all there. The screen benchmark runs on it.
//
//	go run ./bench/fill -home DIR [-n 10000]
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
	"vanthu/internal/viet"
	"vanthu/store"
)

func main() {
	dir := flag.String("home", "", "folder of the home to make")
	n := flag.Int("n", 10_000, "documents")
	seed := flag.Uint64("seed", 1, "seed of the made-up documents")
	flag.Parse()
	if *dir == "" {
		fmt.Fprintln(os.Stderr, "usage: fill -home DIR [-n DOCUMENTS] [-seed N]")
		os.Exit(2)
	}
	if err := fill(*dir, *n, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func fill(dir string, n int, seed uint64) error {
	home, err := office.HomeAt(dir)
	if err != nil {
		return err
	}
	if err := home.Make(); err != nil {
		return err
	}
	ours := commune()
	if err := office.Save(home, ours); err != nil {
		return err
	}
	if err := os.WriteFile(home.SecretFile(), []byte("bench\n"), 0o600); err != nil {
		return err
	}
	f := &filler{rand: rand.New(rand.NewPCG(seed, 0)), now: time.Now().AddDate(0, 0, -1), ours: ours.Agency}
	f.store, err = store.Open(home.StoreDir(), store.Options{Clock: f.clock})
	if err != nil {
		return err
	}
	defer f.store.Close()
	f.desk = &inbox.Desk{
		Store: f.store, Clock: f.clock, Agency: ours.Agency, Staff: ours.Clerk, TempDir: os.TempDir(), Fold: viet.Fold,
		NewID: func() string { f.ids++; return fmt.Sprintf("fill%09d", f.ids) },
	}
	for i := range n {
		if err := f.add(i); err != nil {
			return fmt.Errorf("document %d: %w", i, err)
		}
	}
	return nil
}

func commune() office.Office {
	return office.Office{
		Abbr: "UBND", Place: "Định Mỹ", Units: []string{"Phòng Kinh tế", "Phòng Văn hóa - Xã hội"},
		Agency:  document.Agency{Code: "H01.151", Name: "Ủy ban nhân dân xã Định Mỹ"},
		Clerk:   document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Trần Thị Sáu", Mobile: "0912000001"},
		Leaders: []office.Leader{{Signer: document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Văn Nghĩa"}}},
		Axis:    office.Axis{URL: "http://127.0.0.1:9", System: "bench", SecretFile: "axis.secret"},
	}
}

type filler struct {
	rand  *rand.Rand
	now   time.Time
	ids   int
	ours  document.Agency
	store *store.Store
	desk  *inbox.Desk
}

// clock moves with each document, so that the last of them came just now.
func (f *filler) clock() time.Time { return f.now }

// add receives document i; two in three are registered at once.
func (f *filler) add(i int) error {
	f.now = f.now.Add(time.Second)
	packet, err := f.packet(i)
	if err != nil {
		return err
	}
	hash, size, err := f.store.PutBlob(bytes.NewReader(packet), 1<<20)
	if err != nil {
		return err
	}
	doc, err := f.desk.Receive(context.Background(), inbox.Arrival{AxisID: fmt.Sprint("fill-", i), From: sender().Code, To: f.ours.Code, Packet: hash, Size: size})
	if err != nil || i%3 == 0 {
		return err
	}
	_, err = f.desk.Register(doc.ID, inbox.Registration{Meta: doc.Received, Receiver: "Phòng Kinh tế"})
	return err
}

func sender() document.Agency {
	return document.Agency{Code: "000.00.00.H01", Name: "Ủy ban nhân dân tỉnh An Giang"}
}

func (f *filler) packet(i int) ([]byte, error) {
	types := document.Types()
	typ := types[f.rand.IntN(len(types))]
	code := document.Reference{Number: fmt.Sprint(i + 1), Notation: document.Notation(typ, "UBND", "VP")}
	day := document.DateOf(f.now)
	file := fmt.Sprintf("%%PDF-1.4 %d", i)
	var out bytes.Buffer
	err := edxml.WriteDocument(&out, edxml.Document{
		From: sender(), To: []document.Agency{f.ours}, ID: document.NewID(sender().Code, day, code), Code: code, Place: "Long Xuyên", Date: day,
		Type: edxml.TypeInfo{Type: 2, Detail: typ.List, Name: typ.Name}, Subject: f.subject(),
		Signer: document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Lê Thị Mỹ Hạnh"},
		Other:  edxml.Other{Urgency: document.Urgency(max(0, f.rand.IntN(12)-8)), Pages: 1 + f.rand.IntN(20)},
		Traces: []edxml.Trace{{Organ: string(sender().Code), Time: "2026/01/01 08:00:00"}},
		Attachments: []edxml.Attachment{{ID: "1", Name: "van-ban.pdf", ContentType: "application/pdf", Size: int64(len(file)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }}},
	})
	return out.Bytes(), err
}

func (f *filler) subject() string {
	acts := []string{"Triển khai", "Tăng cường", "Rà soát", "Báo cáo kết quả", "Đôn đốc", "Hướng dẫn", "Kiểm tra"}
	matters := []string{"phòng, chống thiên tai", "cải cách thủ tục hành chính", "quản lý đất đai", "thu ngân sách", "giảm nghèo bền vững", "chuyển đổi số", "tiêm chủng mở rộng"}
	return fmt.Sprintf("V/v %s công tác %s trên địa bàn xã quý %d năm 2026", acts[f.rand.IntN(len(acts))], matters[f.rand.IntN(len(matters))], 1+f.rand.IntN(4))
}
