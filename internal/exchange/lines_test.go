package exchange

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// Pieces are whole lines, each with its line feed before it, and together they
// are the file, however it is read and however long a line is.
func TestEachChunk(t *testing.T) {
	chance := rand.New(rand.NewPCG(3, 4))
	var file []byte
	for len(file) < 5*chunkSize {
		n := chance.IntN(300)
		if chance.IntN(2000) == 0 {
			n = 2*chunkSize + chance.IntN(1000)
		}
		file = append(append(file, '\n'), bytes.Repeat([]byte{'x'}, n)...)
	}
	for name, r := range map[string]io.Reader{"at once": bytes.NewReader(file), "by halves": iotest.HalfReader(bytes.NewReader(file))} {
		t.Run(name, func(t *testing.T) {
			var got []byte
			err := eachChunk(t.Context(), r, func(chunk []byte) bool {
				if chunk[0] != '\n' {
					t.Errorf("a piece begins with %q", chunk[:min(len(chunk), 10)])
				}
				got = append(got, chunk...)
				return true
			})
			if err != nil || !bytes.Equal(got, file) {
				t.Errorf("%d of %d bytes, %v", len(got), len(file), err)
			}
		})
	}
	pieces := 0
	if err := eachChunk(t.Context(), bytes.NewReader(file), func([]byte) bool { pieces++; return false }); err != nil || pieces != 1 {
		t.Errorf("%d pieces after the first, %v", pieces-1, err)
	}
	if err := eachChunk(t.Context(), bytes.NewReader(nil), func([]byte) bool { t.Error("a piece of nothing"); return false }); err != nil {
		t.Error(err)
	}
}

// seek finds the first line that is not before a text, as looking at each does.
func TestSeek(t *testing.T) {
	lines := []string{"a\t1", "aa\t2", "b\t", "b\t3", "cccccccccccccccccccccc\t4", "d"}
	for _, last := range []string{"", "\n"} {
		file := strings.Join(lines, "\n") + last
		for _, prefix := range []string{"", "a", "a\t", "aa", "ab", "b", "b\t", "b\t2", "c", "cc", "cd", "d", "e"} {
			want := 0
			for _, line := range lines {
				if line < prefix {
					want += len(line) + 1
				}
			}
			want = min(want, len(file))
			if got, err := seek(strings.NewReader(file), int64(len(file)), prefix); got != int64(want) || err != nil {
				t.Errorf("%q at %d, %v; want %d", prefix, got, err, want)
			}
		}
	}
}
