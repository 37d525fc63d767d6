package store

import (
	"bytes"
	"compress/flate"
	"io"
	"sync"
)

// Records are deflated: they hold certificates, names and the same keys again and
// again, and a leaf page of bbolt that cannot hold two records spills over into a
// second one. It makes the file and what a commit writes about half as large.

const (
	// squeezeFrom is the size below which nothing would be gained.
	squeezeFrom = 400
	// maxRecord bounds a record's JSON, in bytes, so that a garbled length cannot
	// ask for memory without end.
	maxRecord = 8 << 20
)

// squeezer keeps the large tables of the compressor for the next record.
type squeezer struct{ writers, readers sync.Pool }

// squeeze returns the deflated bytes, or nil when that is not worth it.
func (s *squeezer) squeeze(raw []byte) []byte {
	if len(raw) < squeezeFrom {
		return nil
	}
	var out bytes.Buffer
	w, _ := s.writers.Get().(*flate.Writer)
	if w == nil {
		w, _ = flate.NewWriter(nil, flate.BestSpeed) // the level is right
	}
	defer s.writers.Put(w)
	w.Reset(&out)
	_, err := w.Write(raw)
	if err != nil || w.Close() != nil || out.Len() >= len(raw) {
		return nil
	}
	return out.Bytes()
}

// swell is the inverse; size is the length that must come out.
func (s *squeezer) swell(b []byte, size uint64) ([]byte, error) {
	if size > maxRecord {
		return nil, damaged("record of %d bytes", size)
	}
	r, _ := s.readers.Get().(io.ReadCloser)
	if r == nil {
		r = flate.NewReader(nil)
	}
	defer s.readers.Put(r)
	if err := r.(flate.Resetter).Reset(bytes.NewReader(b), nil); err != nil {
		return nil, damaged("%v", err)
	}
	out := bytes.NewBuffer(make([]byte, 0, min(size, 64<<10)))
	n, err := io.Copy(out, io.LimitReader(r, int64(size)+1))
	if err != nil || uint64(n) != size {
		return nil, damaged("record does not unpack: %d bytes of %d: %v", n, size, err)
	}
	return out.Bytes(), nil
}
