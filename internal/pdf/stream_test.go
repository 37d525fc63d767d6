package pdf_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"vanthu/internal/pdf"
)

// withStream puts one stream into a file and returns it.
func withStream(t interface{ Fatal(...any) }, entries string, data []byte) (*pdf.File, *pdf.Stream) {
	bodies := append(seedBodies(), fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", entries, len(data), data))
	f, err := pdf.Parse(withTable(bodies))
	if err != nil {
		t.Fatal(err)
	}
	v, err := f.Object(pdf.Ref{Num: len(bodies)})
	if err != nil {
		t.Fatal(err)
	}
	return f, v.(*pdf.Stream)
}

// predict applies a PNG predictor to a row: the encoder's side, from the PNG specification.
func predict(kind byte, row, up []byte, bpp int) []byte {
	out := []byte{kind}
	for i, c := range row {
		var left, corner int
		if i >= bpp {
			left, corner = int(row[i-bpp]), int(up[i-bpp])
		}
		guess := [5]int{0, left, int(up[i]), (left + int(up[i])) / 2, 0}
		p := left + int(up[i]) - corner
		best := left
		if dist(p, int(up[i])) < dist(p, best) {
			best = int(up[i])
		}
		if dist(p, corner) < dist(p, best) {
			best = corner
		}
		guess[4] = best
		out = append(out, c-byte(guess[kind]))
	}
	return out
}

func dist(a, b int) int { return max(a-b, b-a) }

// TestPredictors: every row of every PNG predictor is undone.
func TestPredictors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		colors, columns := rapid.IntRange(1, 4).Draw(t, "colors"), rapid.IntRange(1, 9).Draw(t, "columns")
		rows := rapid.IntRange(1, 6).Draw(t, "rows")
		var want, coded []byte
		up := make([]byte, colors*columns)
		for range rows {
			row := rapid.SliceOfN(rapid.Byte(), len(up), len(up)).Draw(t, "row")
			coded = append(coded, predict(byte(rapid.IntRange(0, 4).Draw(t, "kind")), row, up, colors)...)
			want, up = append(want, row...), row
		}
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, _ = w.Write(coded)
		_ = w.Close()
		f, s := withStream(t, fmt.Sprintf("/Filter [/FlateDecode] /DecodeParms [<< /Predictor 15 /Colors %d /Columns %d >>]", colors, columns), z.Bytes())
		got, err := f.Decode(s, 0)
		if err != nil || !bytes.Equal(got, want) {
			t.Fatalf("got %x, want %x, %v", got, want, err)
		}
	})
}

func TestFilters(t *testing.T) {
	for _, c := range []struct {
		entries, data, want string
		err                 error
	}{
		{"", "plain", "plain", nil},
		{"/Filter /ASCIIHexDecode", "48 65>", "He", nil},
		{"/Filter [/AHx /AHx]", "34313E>", "A", nil},
		{"/Filter /LZWDecode", "x", "", pdf.ErrFilter},
		{"/Filter /FlateDecode", "no zlib", "", pdf.ErrDamaged},
		{"/Filter [/AHx /AHx /AHx /AHx /AHx]", ">", "", pdf.ErrDamaged},
	} {
		f, s := withStream(t, c.entries, []byte(c.data))
		got, err := f.Decode(s, 0)
		if string(got) != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q, %v", c.entries, got, err)
		}
	}
}

// TestDecodeLimit: more than the caller allows is refused, not cut.
func TestDecodeLimit(t *testing.T) {
	f, s := withStream(t, "", []byte("12345"))
	if _, err := f.Decode(s, 4); !errors.Is(err, pdf.ErrDamaged) {
		t.Error(err)
	}
	if b, err := f.Decode(s, 5); err != nil || len(b) != 5 {
		t.Error(err)
	}
}
