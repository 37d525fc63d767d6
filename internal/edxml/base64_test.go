package edxml

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// decoded is what a decoder makes of pieces of text, by the fast way or byte by
// byte.
func decoded(pieces []string, slow bool) (string, int64) {
	var b bytes.Buffer
	d := newDecoder(&b)
	for _, p := range pieces {
		if slow {
			d.each([]byte(p))
		} else {
			d.Write([]byte(p))
		}
	}
	d.Close()
	return b.String(), d.bad
}

// TestDecoderFastIsSlow: the fast way gives what byte by byte gives, for clean,
// wrapped and damaged text, however it arrives in pieces.
func TestDecoderFastIsSlow(t *testing.T) {
	clean := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 400), base64.StdEncoding.EncodeToString)
	wrapped := rapid.Custom(func(t *rapid.T) string {
		s, end := clean.Draw(t, "text"), rapid.SampledFrom([]string{"\n", "\r\n", "\r", " \n"}).Draw(t, "end")
		var lines []string
		for width := rapid.IntRange(1, 80).Draw(t, "width"); len(s) > width; s = s[width:] {
			lines = append(lines, s[:width])
		}
		return strings.Join(append(lines, s), end)
	})
	damage := rapid.StringOf(rapid.SampledFrom([]rune("AZaz09+/-_= \t\r\n*?ă\x00")))
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.OneOf(clean, wrapped, damage), 0, 8).Draw(t, "pieces")
		if rapid.Bool().Draw(t, "joined") {
			pieces = []string{strings.Join(pieces, "")}
		}
		got, gotBad := decoded(pieces, false)
		want, wantBad := decoded(pieces, true)
		if got != want || gotBad != wantBad {
			t.Fatalf("fast %q, %d bad; slow %q, %d bad", got, gotBad, want, wantBad)
		}
	})
}

// TestDecoderLarge: text longer than every buffer.
func TestDecoderLarge(t *testing.T) {
	want := strings.Repeat("Định Mỹ, ngày 21 tháng 11\x00\xff", 20_000)
	text := base64.StdEncoding.EncodeToString([]byte(want))
	for _, tt := range []struct{ name, text string }{{"whole", text}, {"damaged at the end of a run", text[:16_384] + "*" + text[16_384:]}, {"a blank in every group", strings.ReplaceAll(text, "a", " a")}} {
		if got, bad := decoded([]string{tt.text}, false); got != want || bad != int64(strings.Count(tt.text, "*")) {
			t.Errorf("%s: %d bytes of %d, %d bad", tt.name, len(got), len(want), bad)
		}
	}
}
