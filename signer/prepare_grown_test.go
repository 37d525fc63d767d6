package signer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// TestGrownReads: a file and its tail read as one at every offset and length.
func TestGrownReads(t *testing.T) {
	want := []byte("0123456789abcdef")
	for cut := range len(want) + 1 {
		g := &grown{bytes.NewReader(want[:cut]), want[cut:]}
		if err := iotest.TestReader(io.NewSectionReader(g, 0, g.Size()), want); err != nil {
			t.Errorf("cut at %d: %v", cut, err)
		}
		if n, err := g.ReadAt(make([]byte, 4), 14); n != 2 || !errors.Is(err, io.EOF) {
			t.Errorf("cut at %d: over the end: %d, %v", cut, n, err)
		}
	}
}

// TestFileRoad: ApproveFile and SealFile write what Approve and Seal return.
func TestFileRoad(t *testing.T) {
	keys := newPKI(t)
	in := sheet{}.build(t)
	want, err := Approve(context.Background(), in, keys.leader, testApproval(t)) // RSA: the same bytes each time
	must(t, err)
	var approved, sealed bytes.Buffer
	must(t, ApproveFile(context.Background(), bytes.NewReader(in), int64(len(in)), &approved, keys.leader, testApproval(t)))
	if !bytes.Equal(approved.Bytes(), want) {
		t.Error("ApproveFile and Approve differ")
	}
	must(t, SealFile(context.Background(), bytes.NewReader(want), int64(len(want)), &sealed, keys.agency, testSealing(t)))
	judge(t, keys, nssDB(t, keys.root), in, sealed.Bytes(), false)
	var nothing bytes.Buffer
	if err := ApproveFile(context.Background(), strings.NewReader("x"), 1, &nothing, keys.leader, testApproval(t)); !errors.Is(err, ErrNotPDF) || !hasWords(err) || nothing.Len() > 0 {
		t.Errorf("%v, %d bytes", err, nothing.Len())
	}
}

// shifty is a file that somebody changes once the key is asked.
type shifty struct {
	*bytes.Reader
	key  *memKey
	late []byte
}

func (s *shifty) ReadAt(b []byte, off int64) (int, error) {
	n, err := s.Reader.ReadAt(b, off)
	if s.key.ops.Load() > 0 && off < int64(len(s.late)) {
		copy(b[:n], s.late[off:])
	}
	return n, err
}

// TestChangedUnderneath: a file that changes while it is signed is not passed off as signed.
func TestChangedUnderneath(t *testing.T) {
	keys := newPKI(t)
	in := sheet{}.build(t)
	late := bytes.Replace(in, []byte("Hello clerk"), []byte("Hello thief"), 1)
	r := &shifty{bytes.NewReader(in), keys.leader, late}
	if err := ApproveFile(context.Background(), r, int64(len(in)), io.Discard, keys.leader, testApproval(t)); !errors.Is(err, ErrTampered) {
		t.Errorf("got %v", err)
	}
	if err := ApproveFile(context.Background(), bytes.NewReader(in), int64(len(in)), failing{}, keys.leader, testApproval(t)); err == nil {
		t.Error("a full disk went unnoticed")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// bigFile writes a document of so many MB to disk: scans of random points, each a stream.
func bigFile(t testing.TB, mb, scans int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "big.pdf")
	f, err := os.Create(name)
	must(t, err)
	w := bufio.NewWriter(f)
	at := 0
	put := func(format string, args ...any) {
		n, err := fmt.Fprintf(w, format, args...)
		must(t, err)
		at += n
	}
	var offsets []int
	put("%%PDF-1.4\n")
	for i, o := range (paper{count: max(1, min(scans, 200)), fanout: 10}).bodies() {
		offsets = append(offsets, at)
		put("%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	size := mb << 20 / scans
	for range scans {
		offsets = append(offsets, at)
		put("%d 0 obj\n<< /Length %d >>\nstream\n", len(offsets), size)
		n, err := io.CopyN(w, rand.Reader, int64(size))
		must(t, err)
		at += int(n)
		put("\nendstream\nendobj\n")
	}
	table := at
	put("xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		put("%010d 00000 n \n", o)
	}
	put("trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, table)
	must(t, w.Flush())
	must(t, f.Close())
	return name
}

// TestMemory signs files of 1 to 50 MB twice in a process of its own,
// whose largest size must stay below 64 MB (issue 4, Must show 6).
func TestMemory(t *testing.T) {
	if name := os.Getenv("VANTHU_SIGN_FILE"); name != "" {
		signFiles(t, name)
		return
	}
	if testing.Short() {
		t.Skip("writes large files")
	}
	for _, c := range [][2]int{{1, 1}, {2, 20}, {10, 1}, {20, 80}, {50, 1}, {50, 200}, {50, 5000}} {
		mb, scans := c[0], c[1]
		t.Run(fmt.Sprintf("%dMB in %d", mb, scans), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestMemory$", "-test.v")
			cmd.Env = append(os.Environ(), "VANTHU_SIGN_FILE="+bigFile(t, mb, scans))
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
			var peak, base int
			for _, l := range strings.Split(string(out), "\n") {
				if _, v, ok := strings.Cut(l, "VmHWM kB "); ok {
					peak, err = strconv.Atoi(v)
					must(t, err)
				}
				if _, v, ok := strings.Cut(l, "before kB "); ok {
					base, err = strconv.Atoi(v)
					must(t, err)
				}
			}
			if peak == 0 || peak > 64<<10 {
				t.Errorf("%d MB took %d kB of memory at most (%d before signing)", mb, peak, base)
			}
		})
	}
}

// signFiles is the child's part.
func signFiles(t *testing.T, name string) {
	keys := newPKI(t)
	a, s := testApproval(t), testSealing(t)
	fmt.Println("before kB", highWater(t))
	start := time.Now()
	onFile(t, name, name+".1", func(in *os.File, size int64, out io.Writer) error {
		return ApproveFile(t.Context(), in, size, out, keys.leader, a)
	})
	fmt.Println("approved", time.Since(start))
	start = time.Now()
	onFile(t, name+".1", name+".2", func(in *os.File, size int64, out io.Writer) error {
		return SealFile(t.Context(), in, size, out, keys.agency, s)
	})
	fmt.Println("sealed", time.Since(start))
	start = time.Now()
	f, err := os.Open(name)
	must(t, err)
	_, err = io.Copy(sha256.New(), f)
	must(t, err)
	fmt.Println("SHA-256", time.Since(start))
	fmt.Println("VmHWM kB", highWater(t))
}

func onFile(t testing.TB, from, to string, sign func(in *os.File, size int64, out io.Writer) error) {
	t.Helper()
	in, err := os.Open(from)
	must(t, err)
	defer in.Close()
	info, err := in.Stat()
	must(t, err)
	out, err := os.Create(to)
	must(t, err)
	must(t, sign(in, info.Size(), out))
	must(t, out.Close())
}

// highWater is the largest size this process has had, in kB; 0 where the system does not tell.
func highWater(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	fields := strings.Fields(rest)
	n, err := strconv.Atoi(fields[0])
	must(t, err)
	return n
}
