package transfer_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"vanthu/internal/transfer"
)

// fill downloads a body into a part at path and returns the file.
func fill(t testing.TB, path string, b []byte) []byte {
	t.Helper()
	p := openPart(t, path)
	l := newLibrary(t, b)
	if err := client(t).Download(t.Context(), transfer.Download{Request: get(serve(t, l, forEver)), Part: p, Limit: limit, Plain: true}); err != nil {
		t.Fatal(err)
	}
	p.Close()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// A file cut anywhere, as by a crash, or changed anywhere, as by a bad disk,
// keeps a true beginning of what came and nothing else.
func TestDamagedPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.part")
	want := body(3, 3000)
	file := fill(t, path, want)
	check := func(what string, at int, file []byte) {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		p := openPart(t, path)
		defer p.Close()
		if p.Have() > int64(len(want)) {
			t.Errorf("%s at %d: %d bytes", what, at, p.Have())
		}
		if got, err := content(p, limit); p.Whole() != (err == nil) || err == nil && !bytes.Equal(got, want) {
			t.Errorf("%s at %d: whole %v, %v", what, at, p.Whole(), err)
		}
	}
	for at := range file {
		check("cut", at, file[:at])
		flipped := bytes.Clone(file)
		flipped[at] ^= 0x10
		check("flipped", at, flipped)
	}
	check("longer", len(file), append(bytes.Clone(file), file...))
}

// A part that changes after it was opened is not believed either.
func TestPartChangesUnderUs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.part")
	file := fill(t, path, body(3, 3000))
	p := openPart(t, path)
	file[len(file)-20] ^= 1
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := content(p, limit); err == nil {
		t.Error("a changed part was read")
	}
}

func TestPartOfAnotherThing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p.part")
	fill(t, path, body(3, 3000))
	p, err := transfer.OpenPart(path, "văn bản khác")
	if err != nil || p.Have() != 0 || p.Whole() {
		t.Fatalf("%v, %d bytes", err, p.Have())
	}
	if err := p.Remove(); err != nil {
		t.Error(err)
	}
}

// Whatever lies in the file: it is opened or refused, and what is read from it
// is under its checksums.
func FuzzPart(f *testing.F) {
	path := filepath.Join(f.TempDir(), "p.part")
	f.Add(fill(f, path, body(3, 300)))
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{255, 255, 255, 255, 0, 0, 0, 0})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, file []byte) {
		path := filepath.Join(dir, "p.part")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		p := openPart(t, path)
		defer p.Close()
		if p.Have() > int64(len(file)) {
			t.Errorf("%d bytes of a file of %d", p.Have(), len(file))
		}
		if r, err := p.Open(limit); err == nil {
			io.Copy(io.Discard, r)
			r.Close()
		}
	})
}

// endless is a body of n bytes that is never in memory.
type endless struct{ n int64 }

func (e endless) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	block := body(9, 64<<10)
	w.Header().Set("Content-Encoding", transfer.Zstd)
	w.Header().Set("ETag", `"x"`)
	transfer.Pack(w, io.LimitReader(&repeating{block: block}, e.n), e.n, transfer.Zstd)
}

type repeating struct {
	block []byte
	at    int
}

// Read never ends.
func (r *repeating) Read(p []byte) (int, error) {
	n := copy(p, r.block[r.at:])
	r.at = (r.at + n) % len(r.block)
	return n, nil
}

// heap is what is in use now.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func TestMemoryDoesNotGrow(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 100 MB")
	}
	const size = 100 << 20
	path := filepath.Join(t.TempDir(), "p.part")
	p := openPart(t, path)
	before, most := heap(), uint64(0)
	sample := func(done, _ int64) {
		if done>>22 != (done-32<<10)>>22 {
			most = max(most, heap())
		}
	}
	err := client(t).Download(t.Context(), transfer.Download{Request: get(serve(t, endless{size}, forEver)), Part: p, Limit: size, Progress: sample})
	if err != nil {
		t.Fatal(err)
	}
	r, err := p.Open(size)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, r)
	most = max(most, heap())
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil || n != size || most > before+24<<20 {
		t.Errorf("%d bytes, %v, heap %d MB over %d MB", n, err, (most-before)>>20, before>>20)
	}
}
