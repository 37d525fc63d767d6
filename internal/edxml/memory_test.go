package edxml

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The large packet of issue 3: about 100 MB, a PDF as it is and a wrapped xlsx,
// both of bytes that no ZIP makes smaller.
const (
	largePDF  = 60 << 20
	largeXLSX = 15 << 20
	// mayGrow is what reading or writing it may add to the memory of a process
	// that has done the same with a small one.
	mayGrow = 32 << 20
)

func largeDocument() Document {
	d := smallDocument()
	for seed, size := range []int64{largePDF, largeXLSX} {
		d.Attachments = append(d.Attachments, Attachment{
			Name: []string{"a.pdf", "b.xlsx"}[seed], Size: size, Open: func() (io.ReadCloser, error) {
				return io.NopCloser(io.LimitReader(rand.NewChaCha8([32]byte{byte(seed)}), size)), nil
			},
		})
	}
	return d
}

// memoryChild tells a child of TestConstantMemory what to do: "small", "write" or
// "read", and where.
const memoryChild = "VANTHU_EDXML_MEMORY"

// TestConstantMemory reads and writes a packet of 100 MB in a process of its own
// each, and compares the most memory the kernel ever gave it (VmHWM).
func TestConstantMemory(t *testing.T) {
	if task := os.Getenv(memoryChild); task != "" {
		work(t, task)
		return
	}
	if testing.Short() {
		t.Skip("packets of 100 MB")
	}
	if _, err := peak(); errors.Is(err, os.ErrNotExist) {
		t.Skip("no /proc/self/status on this system")
	}
	dir := t.TempDir()
	idle := child(t, "small", dir)
	for _, task := range []string{"write", "read"} {
		used := child(t, task, dir)
		t.Logf("%s: %.1f MB above the %.1f MB of a small packet", task, float64(used-idle)/(1<<20), float64(idle)/(1<<20))
		if used-idle > mayGrow {
			t.Errorf("%s took %d MB above idle", task, (used-idle)>>20)
		}
	}
}

// child runs one task and returns the peak memory it printed.
func child(t *testing.T, task, dir string) int64 {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestConstantMemory$", "-test.v")
	cmd.Env, cmd.Dir = append(os.Environ(), memoryChild+"="+task), dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", task, err, out)
	}
	_, after, _ := strings.Cut(string(out), "peak=")
	n, err := strconv.ParseInt(strings.Fields(after + " ")[0], 10, 64)
	if err != nil {
		t.Fatalf("%s: %v\n%s", task, err, out)
	}
	return n
}

func work(t *testing.T, task string) {
	path := "large.edxml"
	switch task {
	case "small":
		readBytes(t, written(t, func(w io.Writer) error { return WriteDocument(w, fullDocument()) }), ReadOptions{})
	case "write":
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(WriteDocument(f, largeDocument()), f.Close()); err != nil {
			t.Fatal(err)
		}
	case "read":
		p := readFile(t, filepath.Join(".", path))
		if a := p.Document.Attachments; len(a) != 2 || a[0].Size != largePDF || a[1].Size != largeXLSX {
			t.Fatalf("%+v", a)
		}
	}
	most, err := peak()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("peak=%d\n", most)
}

// peak is the most memory this process ever had, in bytes.
func peak() (int64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(b), "VmHWM:")
	kb, err := strconv.ParseInt(strings.Fields(after + " 0")[0], 10, 64)
	return kb << 10, err
}

// sizes notes how large the writes are that reach it.
type sizes struct{ calls, bytes int64 }

func (s *sizes) Write(p []byte) (int, error) {
	s.calls, s.bytes = s.calls+1, s.bytes+int64(len(p))
	return len(p), nil
}

// TestLargeWrites: attachments reach the packet in large pieces, also wrapped
// ones, which come out of the compressor in small ones.
func TestLargeWrites(t *testing.T) {
	d := smallDocument()
	for _, name := range []string{"a.pdf", "b.xlsx"} {
		d.Attachments = append(d.Attachments, Attachment{Name: name, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.LimitReader(rand.NewChaCha8([32]byte{}), 4<<20)), nil
		}})
	}
	var s sizes
	if err := WriteDocument(&s, d); err != nil {
		t.Fatal(err)
	}
	if mean := s.bytes / s.calls; mean < 32<<10 {
		t.Errorf("%d writes of %d bytes on average", s.calls, mean)
	}
}
