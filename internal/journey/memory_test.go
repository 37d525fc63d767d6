package journey

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/outbox"
)

// A large packet, and the memory it may cost each program at most.
const (
	largeFiles  = 2
	largeFile   = 37_500_000 // bytes; two make a packet of 100 MB
	mostMemory  = 64 << 20
	longestMove = 2 * time.Minute
)

// TestLargePacketTakesLittleMemory moves a packet of 100 MB in and out with the
// real programs: neither the office nor the axis ever holds it in memory. One of its
// files is a scan: it is searched for a mark of secrecy by the reader of pages, a
// process of its own, whose 60 MB are let go.
func TestLargePacketTakesLittleMemory(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("peak memory is read from /proc")
	}
	for _, offers := range []string{"", "range,zstd,tus"} {
		t.Run("offers "+offers, func(t *testing.T) {
			if offers != "" && !offering(t) {
				t.Skip("the axis does not offer anything yet")
			}
			s := &scene{t: t, us: us()}
			if offers != "" {
				s.axisFlags = []string{"--offer", offers}
			}
			s.furnish([]document.Agency{neighbour()})
			s.do(nil, "sync", "--once") // the directory of agencies
			s.receivesLarge()
			s.movesWithin("in", func() bool {
				var list struct{ Documents []inbox.Summary }
				s.do(&list, "list", "incoming")
				return len(list.Documents) == 1
			})
			s.issuesLarge()
			s.movesWithin("out", func() bool {
				var list struct{ Documents []outbox.Summary }
				s.do(&list, "list", "outgoing")
				rows, err := s.other.Received(context.Background(), axis.Edoc)
				s.ok(err)
				return len(rows) == 1
			})
		})
	}
}

// offering tells whether the program's axis can offer anything.
func offering(t *testing.T) bool {
	t.Helper()
	out, _ := exec.Command(binary, "axis", "serve", "--help").CombinedOutput()
	return strings.Contains(string(out), "--offer")
}

// receivesLarge puts a packet of 100 MB on the axis.
func (s *scene) receivesLarge() {
	s.t.Helper()
	path := filepath.Join(s.dir, "large.edxml")
	f, err := os.Create(path)
	s.ok(err)
	defer f.Close()
	day, code := document.DateOf(time.Now()), document.Reference{Number: "12", Notation: "UBND-VP"}
	d := edxml.Document{
		From: neighbour(), To: []document.Agency{s.us}, ID: document.NewID(neighbour().Code, day, code), Code: code, Place: "Vĩnh Trạch", Date: day,
		Type: edxml.TypeInfo{Type: 2, Detail: 18, Name: document.OfficialLetter}, Subject: "V/v gửi bản đồ địa chính",
		Signer: document.Signer{Position: "Chủ tịch", Name: "Lê Thị Mỹ Hạnh"},
		Traces: []edxml.Trace{{Organ: string(neighbour().Code), Time: day.Axis() + " 08:00:00"}},
	}
	d.Attachments = []edxml.Attachment{
		{ID: "0", Name: "ban-do.bin", Size: largeFile, Open: func() (io.ReadCloser, error) { return io.NopCloser(io.LimitReader(noise(0), largeFile)), nil }},
		{ID: "1", Name: "ban-quet.pdf", Size: largeFile, Open: s.scan},
	}
	s.ok(edxml.WriteDocument(f, d))
	size, err := f.Seek(0, io.SeekEnd)
	s.ok(err)
	_, err = s.other.Send(context.Background(), axis.Message{From: neighbour().Code, Type: axis.Edoc, To: []document.Code{s.us.Code}, Body: f, Size: size})
	s.ok(err)
	s.ok(os.Remove(path))
}

// scan is a large PDF: a page, much that it does not show, and the way to the page.
func (s *scene) scan() (io.ReadCloser, error) {
	pdf, err := os.ReadFile(s.draft)
	if err != nil {
		return nil, err
	}
	end := bytes.LastIndex(pdf, []byte("startxref"))
	filler := largeFile - len(pdf) - len(pdf[end:]) - 2
	return io.NopCloser(io.MultiReader(bytes.NewReader(pdf), strings.NewReader("\n"), io.LimitReader(noise(1), int64(filler)),
		strings.NewReader("\n"), bytes.NewReader(pdf[end:]))), nil
}

// noise is what no compression makes smaller, the same for the same i.
func noise(i int) io.Reader { return rand.NewChaCha8([32]byte{byte(i)}) }

// issuesLarge drafts, signs, numbers, seals and issues a document of the same size.
func (s *scene) issuesLarge() {
	s.t.Helper()
	args := []string{"draft", s.draft, "--type", "Quyết định", "--to", string(neighbour().Code), "--subject", "Về việc công bố bản đồ địa chính"}
	for i := range largeFiles {
		var b bytes.Buffer
		_, err := io.CopyN(&b, noise(10+i), largeFile)
		s.ok(err)
		path := filepath.Join(s.dir, fmt.Sprintf("ban-do-di-%d.bin", i))
		s.write(path, b.String())
		args = append(args, "--attach", path)
	}
	var doc outbox.Document
	s.do(&doc, args...)
	s.do(nil, "sign", doc.ID, "--pin-file", s.pin)
	s.do(nil, "number", doc.ID)
	s.do(nil, "seal", doc.ID, "--pin-file", s.pin)
	s.do(nil, "issue", doc.ID)
}

// movesWithin runs `vanthu sync` until arrived and looks at the peaks of memory.
func (s *scene) movesWithin(what string, arrived func() bool) {
	s.t.Helper()
	cmd := s.command("sync")
	cmd.Stderr = os.Stderr
	s.ok(cmd.Start())
	defer func() { _ = cmd.Process.Signal(syscall.SIGTERM); _ = cmd.Wait() }()
	began := time.Now()
	for s.waiting() || !arrived() {
		if time.Since(began) > longestMove {
			s.t.Fatalf("%s: not there after %v", what, longestMove)
		}
		time.Sleep(200 * time.Millisecond) // asks another process, which has nothing to signal with
	}
	for who, pid := range map[string]int{"office": cmd.Process.Pid, "axis": s.axisProcess.Pid} {
		most := peak(s.t, pid)
		s.t.Logf("%s: %s had %d MB at most, after %.1f s", what, who, most>>20, time.Since(began).Seconds())
		if most > mostMemory {
			s.t.Errorf("%s: %s took %d MB at its peak, may take %d", what, who, most>>20, mostMemory>>20)
		}
	}
}

// waiting tells whether the queue of the running program holds anything.
func (s *scene) waiting() bool {
	var queue struct{ Jobs []struct{ ID string } }
	out, _, code := s.try("--json", "queue")
	if code != 0 { // not listening yet
		return true
	}
	s.decode(out, &queue)
	return len(queue.Jobs) > 0
}

// peak is the most memory a process has had resident, in bytes.
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "VmHWM:")
	var kb int64
	if _, err := fmt.Sscan(after, &kb); err != nil {
		t.Fatalf("VmHWM of %d: %v", pid, err)
	}
	return kb << 10
}
