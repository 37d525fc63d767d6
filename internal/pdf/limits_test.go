package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"vanthu/internal/pdf"
)

// TestBombs: hostile sizes are refused with little memory, whatever they promise.
func TestBombs(t *testing.T) {
	bodies := seedBodies()
	with := func(i int, body string) []byte {
		b := append([]string{}, bodies...)
		b[i] = body
		return withTable(b)
	}
	for _, c := range []struct {
		name string
		in   []byte
	}{
		{"deep", with(0, "<< /Pages 2 0 R /X "+strings.Repeat("[", 1000)+strings.Repeat("]", 1000)+" >>")},
		{"large object", with(0, "<< /Pages 2 0 R /X ["+strings.Repeat("0 ", 5<<19)+"] >>")},
		{"inflates", with(4, bomb(72<<20))},
		{"length loop", with(3, "<< /Length 4 0 R >>\nstream\nx\nendstream")},
		{"prev loop", bytes.Replace(seedTable(), []byte("/Size 8"), fmt.Appendf(nil, "/Size 8 /Prev %d", bytes.LastIndex(seedTable(), []byte("xref\n0"))), 1)},
		{"many entries", []byte("%PDF-1.4\nxref\n0 999999999\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n9\n%%EOF")},
	} {
		t.Run(c.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, err := pdf.Parse(c.in)
			if err == nil {
				_, err = f.Object(pdf.Ref{Num: 4})
				if err == nil {
					err = decodeAll(f)
				}
			}
			runtime.ReadMemStats(&after)
			if !errors.Is(err, pdf.ErrDamaged) {
				t.Errorf("got %v, want ErrDamaged", err)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 400<<20 {
				t.Errorf("took %d MB to refuse", got>>20)
			}
		})
	}
}

// bomb is a stream that inflates to n zeros.
func bomb(n int) string {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write(make([]byte, n))
	_ = w.Close()
	return fmt.Sprintf("<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", z.Len(), z.Bytes())
}

func decodeAll(f *pdf.File) error {
	for _, ref := range f.Refs() {
		v, err := f.Object(ref)
		if err != nil {
			return err
		}
		if s, ok := v.(*pdf.Stream); ok {
			if _, err := f.Decode(s, 0); err != nil {
				return err
			}
		}
	}
	return nil
}
