package signer

import (
	"bytes"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"testing"

	"vanthu/internal/pdf"
)

// TestStraightAlpha: a translucent pixel keeps its colour; the mask carries the rest.
func TestStraightAlpha(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	img.SetNRGBA(0, 0, color.NRGBA{220, 0, 0, 200})
	var b bytes.Buffer
	must(t, png.Encode(&b, img))
	f, err := pdf.Parse(sheet{}.build(t))
	must(t, err)
	u := f.NewUpdate()
	decoded, err := decodePNG(b.Bytes())
	must(t, err)
	ref := addImage(u, decoded, false)
	tail, err := u.Tail()
	must(t, err)
	g, err := pdf.Parse(append(sheet{}.build(t), tail.Bytes...))
	must(t, err)
	colour := streamData(t, g, ref)
	mask := streamData(t, g, mustDict(t, g, ref).Get("SMask"))
	if !bytes.Equal(colour[:3], []byte{220, 0, 0}) || !bytes.Equal(mask, []byte{200, 0}) {
		t.Errorf("colour %v, mask %v", colour, mask)
	}
}

func streamData(t testing.TB, f *pdf.File, o pdf.Object) []byte {
	t.Helper()
	v, err := f.Resolve(o)
	must(t, err)
	data, err := f.Decode(v.(*pdf.Stream), 0)
	must(t, err)
	return data
}

func mustDict(t testing.TB, f *pdf.File, o pdf.Object) *pdf.Dict {
	t.Helper()
	d, err := f.Dict(o)
	must(t, err)
	return d
}

// TestPictureRefused: what is no picture, or too large a one, is refused before it is unpacked.
func TestPictureRefused(t *testing.T) {
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))))
	huge := b.Bytes()
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536×65536
	sum := crc32.ChecksumIEEE(huge[12:29])
	copy(huge[29:], []byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
	for name, data := range map[string][]byte{"text": []byte("x"), "huge": huge, "long": make([]byte, maxPNG+1)} {
		if _, err := decodePNG(data); !errors.Is(err, ErrImage) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestScaleDown: a scan of a seal is not carried at a resolution nobody sees.
func TestScaleDown(t *testing.T) {
	big := image.NewNRGBA(image.Rect(0, 0, 2000, 2000))
	if got := scaleTo(big, 102, 102).Bounds().Dx(); got < 500 || got > 600 {
		t.Errorf("%d points for 36 mm", got)
	}
	small := image.NewNRGBA(image.Rect(0, 0, 500, 500))
	if scaleTo(small, 102, 102) != small {
		t.Error("a picture of the right size was changed")
	}
}
