package signer

import (
	"bytes"
	"context"
	"crypto/x509"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/pdf/page"
	"vanthu/internal/practice/form"
	"vanthu/internal/verdict"
)

// signedForm is a form before and after leader and agency signed it, read by
// another program than the one that wrote it.
type signedForm struct {
	layout        document.Layout
	pages         []page.Page
	before, after image.Image // of the page that bears the signature
	dpi           float64
	placeholder   bool // instructions stand where the signature goes
}

const (
	sealMM   = 36.0
	sealSize = sealMM * 72 / 25.4
	inkDPI   = 144.0
)

// TestFormsGetTheirPlaces is Must show 2 for forms of our own: number, date,
// signature and seal stand in the right places with nobody having touched them.
func TestFormsGetTheirPlaces(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	keys, r := newPKI(t), pageReader(t)
	for name, f := range ownForms() {
		t.Run(name, func(t *testing.T) {
			var in bytes.Buffer
			must(t, form.Write(&in, f))
			out, s := signForm(t, keys, r, in.Bytes(), page.Hints{Signer: f.Signer})
			s.check(t)
			for i := range s.pages {
				img, err := r.Picture(context.Background(), out, i+1, goldenDPI)
				must(t, err)
				goldenPicture(t, filepath.Join("testdata", "forms", pictureName(name, i)), img)
			}
		})
	}
}

// TestTemplatesGetTheirPlaces is Must show 2 for the blank forms of Annex III.
// They are read where they lie and never kept.
func TestTemplatesGetTheirPlaces(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	names, _ := filepath.Glob("../../shared/samples/pdf/templates/*.pdf")
	if len(names) == 0 {
		t.Skip("no blank forms in ../shared/samples/pdf/templates")
	}
	keys, r := newPKI(t), pageReader(t)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".pdf"), func(t *testing.T) {
			in, err := os.ReadFile(name)
			must(t, err)
			out, s := signForm(t, keys, r, in, page.Hints{})
			s.placeholder = true
			s.check(t)
			keepPicture(t, r, out, s.layout.Sign.Page)
		})
	}
}

// keepPicture writes a picture to look at, where PICTURES names a folder.
func keepPicture(t *testing.T, r *page.Reader, pdf []byte, n int) {
	t.Helper()
	dir := os.Getenv("PICTURES")
	if dir == "" {
		return
	}
	img, err := r.Picture(context.Background(), pdf, n, 80)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".png"), encodePicture(t, img), 0o600))
}

func pageReader(t testing.TB) *page.Reader {
	t.Helper()
	r, err := page.Open(context.Background(), filepath.Join(os.TempDir(), "vanthu-test-pdfium"))
	must(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// ownForms are the four forms of the practice office: a decision, an official
// letter, an invitation, an urgent telegram; the last on two pages.
func ownForms() map[string]form.Form {
	decision := practiceForm()
	letter := practiceForm()
	letter.TypeName, letter.Notation, letter.To = document.OfficialLetter, "UBND-VP", []string{"Sở Nội vụ tỉnh An Giang"}
	letter.Signer = document.Signer{Competence: "KT.", Position: "Phó Chủ tịch", Name: "Trần Thị Mỹ Linh"}
	invitation := practiceForm()
	invitation.TypeName, invitation.Subject = "Giấy mời", "Dự họp triển khai công tác chuyển đổi số"
	invitation.Signer = document.Signer{Competence: "TL.", Position: "Chánh Văn phòng", Name: "Lê Văn Được"}
	telegram := practiceForm()
	telegram.TypeName, telegram.Subject = "Công điện", "Về việc ứng phó với áp thấp nhiệt đới"
	for range 26 {
		telegram.Body = append(telegram.Body, "Các ấp, khóm trực ban 24/24 giờ, báo cáo kịp thời mọi tình huống về Ủy ban nhân dân xã.")
	}
	return map[string]form.Form{"decision": decision, "letter": letter, "invitation": invitation, "telegram": telegram}
}

// signForm goes the whole road: the page is read, the leader signs with a blue
// picture, the agency with a red one of 36 mm.
func signForm(t *testing.T, keys pki, r *page.Reader, in []byte, h page.Hints) ([]byte, signedForm) {
	t.Helper()
	ctx := context.Background()
	h.SealMM = sealMM
	layout, err := r.Layout(ctx, in, h)
	must(t, err)
	a, sl := testApproval(t), testSealing(t)
	a.Layout, sl.Layout = layout, layout
	sl.Date = document.Date{Year: 2026, Month: 11, Day: 21}
	approved, err := Approve(ctx, in, keys.leader, a)
	must(t, err)
	sealed, err := Seal(ctx, approved, keys.agency, sl)
	must(t, err)
	verifyForm(t, keys, sealed)
	s := signedForm{layout: layout, dpi: inkDPI}
	s.pages, err = r.Text(ctx, in)
	must(t, err)
	s.before, err = r.Picture(ctx, in, layout.Sign.Page, inkDPI)
	must(t, err)
	s.after, err = r.Picture(ctx, sealed, layout.Sign.Page, inkDPI)
	must(t, err)
	return sealed, s
}

// verifyForm demands two good signatures: the places were written without hurting
// the leader's.
func verifyForm(t *testing.T, keys pki, sealed []byte) {
	t.Helper()
	policy := Policy{Roots: []*x509.Certificate{keys.root}, At: testTime().AddDate(0, 0, 1)}
	report, err := Verify(context.Background(), bytes.NewReader(sealed), int64(len(sealed)), policy)
	must(t, err)
	if len(report.Signatures) != 2 || report.Document != verdict.ValidOffline {
		t.Errorf("verified as %s: %+v", report.Document, report.Signatures)
	}
}

func (s signedForm) check(t *testing.T) {
	t.Helper()
	s.checkNumber(t)
	s.checkDate(t)
	s.checkSignature(t)
	s.checkSeal(t)
	s.checkNothingElse(t)
}

// word finds the first word of a page that begins with a text, whatever its case.
func (s signedForm) word(n int, prefix string) (page.Word, bool) {
	for _, w := range s.pages[n-1].Words {
		if strings.HasPrefix(strings.ToLower(w.Text), prefix) {
			return w, true
		}
	}
	return page.Word{}, false
}

// checkNumber: the number stands after "Số:" on its line.
func (s signedForm) checkNumber(t *testing.T) {
	t.Helper()
	w, ok := s.word(1, "số:")
	if !ok {
		t.Fatal("no “Số:” on the page")
	}
	label := 1.3 * w.Size // "Số:" at least; the word may go on: "Số:.../QĐ"
	if s.layout.Number.X < w.Box.X+label || s.layout.Number.X > w.Box.X+6*w.Size || !sameLine(s.layout.Number, w.Box) {
		t.Errorf("number %+v, “Số:” %+v", s.layout.Number, w.Box)
	}
	s.checkWritten(t, "number", s.layout.Number)
}

// checkDate: day, month and, where it was blank, year stand between their words.
func (s signedForm) checkDate(t *testing.T) {
	t.Helper()
	if s.layout.Day.IsZero() {
		return // minutes have no date line
	}
	day, _ := s.word(1, "ngày")
	month, _ := s.word(1, "tháng")
	year, ok := s.word(1, "năm")
	if !ok {
		t.Fatal("no date line on the page")
	}
	for _, c := range []struct {
		name   string
		box    document.Box
		after  page.Word
		before float64
	}{{"day", s.layout.Day, day, month.Box.X}, {"month", s.layout.Month, month, year.Box.X}} {
		if c.box.X < c.after.Box.X+1.5*c.after.Size || c.box.X+c.box.W > c.before || !sameLine(c.box, c.after.Box) {
			t.Errorf("%s %+v after %+v", c.name, c.box, c.after)
		}
		s.checkWritten(t, c.name, c.box)
	}
	if !s.layout.Year.IsZero() {
		if s.layout.Year.X < year.Box.X+1.5*year.Size || !sameLine(s.layout.Year, year.Box) {
			t.Errorf("year %+v after %+v", s.layout.Year, year)
		}
		s.checkWritten(t, "year", s.layout.Year)
	}
}

func sameLine(a, b document.Box) bool {
	return a.Page == b.Page && math.Abs(a.Y+a.H/2-b.Y-b.H/2) < b.H/4
}

// checkWritten: new black ink stands in the box, and nothing but the dots of a
// blank stood there before.
func (s signedForm) checkWritten(t *testing.T, name string, b document.Box) {
	t.Helper()
	if b.Page != s.layout.Sign.Page {
		return
	}
	letters := document.Box{Page: b.Page, X: b.X, Y: b.Y + b.H/3, W: b.W, H: b.H * 2 / 3} // above the dots
	if n := s.count(s.before, letters, dark); n > 0 {
		t.Errorf("%s: %d dark pixels stood in %+v", name, n, b)
	}
	if n := s.count(s.after, letters, dark); n < 20 {
		t.Errorf("%s: only %d dark pixels are in %+v", name, n, b)
	}
}

// block is the last line of the position and the name, on the page that is signed.
func (s signedForm) block(t *testing.T) (position, name document.Box) {
	t.Helper()
	sign := s.layout.Sign
	middle := sign.Y + sign.H/2
	position.Y, name.Y = math.Inf(1), math.Inf(-1)
	for _, l := range s.lines(sign.Page) {
		inColumn := l.box.X < sign.X+sign.W && sign.X < l.box.X+l.box.W && l.box.X > 200
		switch hint := strings.HasPrefix(l.text, "(") || strings.HasPrefix(l.text, "dấu/"); {
		case !inColumn || hint:
		case l.box.Y > middle && l.box.Y < position.Y:
			position = l.box
		case l.box.Y < middle && l.box.Y > name.Y:
			name = l.box
		}
	}
	return position, name
}

type pageLine struct {
	text string
	box  document.Box
}

// lines joins the words that stand close together on one line.
func (s signedForm) lines(n int) []pageLine {
	var out []pageLine
	for _, w := range s.pages[n-1].Words {
		if k := len(out) - 1; k >= 0 && sameLine(out[k].box, w.Box) && w.Box.X-out[k].box.X-out[k].box.W < w.Size {
			out[k].text += " " + w.Text
			out[k].box.W = w.Box.X + w.Box.W - out[k].box.X
			continue
		}
		out = append(out, pageLine{w.Text, w.Box})
	}
	return out
}

// checkSignature: blue ink, in the middle between position and name, touching neither.
func (s signedForm) checkSignature(t *testing.T) {
	t.Helper()
	position, name := s.block(t)
	ink := s.bounds(s.after, blue)
	middle := (position.X + position.W/2 + name.X + name.W/2) / 2
	if d := ink.X + ink.W/2 - middle; math.Abs(d) > 2 {
		t.Errorf("signature is %.1f points off the middle of position and name", d)
	}
	if d := ink.Y + ink.H/2 - (position.Y+name.Y+name.H)/2; math.Abs(d) > 3 {
		t.Errorf("signature is %.1f points off the middle between position and name", d)
	}
	if ink.Y+ink.H > position.Y || ink.Y < name.Y+name.H {
		t.Errorf("signature %+v touches position %+v or name %+v", ink, position, name)
	}
	if n := s.count(s.before, s.layout.Sign, dark); n > 0 && !s.placeholder {
		t.Errorf("signature lies over %d pixels of text", n)
	}
}

// checkSeal: red ink in true size, over the left third of the signature, over
// nothing but the block of the signature.
func (s signedForm) checkSeal(t *testing.T) {
	t.Helper()
	sign, seal := s.bounds(s.after, blue), s.bounds(s.after, red)
	if math.Abs(seal.W-sealSize) > 1.5 || math.Abs(seal.H-sealSize) > 1.5 {
		t.Errorf("seal is %.1f × %.1f points, not %.1f", seal.W, seal.H, sealSize)
	}
	if over := (seal.X + seal.W - s.layout.Sign.X) / s.layout.Sign.W; math.Abs(over-1.0/3) > 0.03 {
		t.Errorf("seal covers %.2f of the signature", over)
	}
	if d := seal.Y + seal.H/2 - sign.Y - sign.H/2; math.Abs(d) > 2 {
		t.Errorf("seal stands %.1f points higher than the signature", d)
	}
	position, name := s.block(t)
	for _, l := range s.lines(s.layout.Seal.Page) {
		ours := l.box.X > 200 && l.box.Y < position.Y+3*position.H && l.box.Y+l.box.H > name.Y
		if !ours && touches(seal, l.box) {
			t.Errorf("seal lies over “%s”", l.text)
		}
	}
}

// touches tells that a disc of a box's size reaches into another box.
func touches(disc, b document.Box) bool {
	x, y := disc.X+disc.W/2, disc.Y+disc.H/2
	dx := x - min(max(x, b.X), b.X+b.W)
	dy := y - min(max(y, b.Y), b.Y+b.H)
	return math.Hypot(dx, dy) < disc.W/2
}

// checkNothingElse: outside the boxes the page is what it was.
func (s signedForm) checkNothingElse(t *testing.T) {
	t.Helper()
	boxes := []document.Box{s.layout.Number, s.layout.Day, s.layout.Month, s.layout.Year, s.layout.Sign, s.layout.Seal}
	changed := 0
	s.each(s.after, func(x, y float64, px, py int) {
		if closeTo(s.before.At(px, py), s.after.At(px, py)) {
			return
		}
		for _, b := range boxes {
			if b.Page == s.layout.Sign.Page && x > b.X-1 && x < b.X+b.W+1 && y > b.Y-1 && y < b.Y+b.H+1 {
				return
			}
		}
		changed++
	})
	if changed > 0 {
		t.Errorf("%d pixels changed outside the boxes", changed)
	}
}

// each walks the pixels with their place on the page in points.
func (s signedForm) each(img image.Image, fn func(x, y float64, px, py int)) {
	b := img.Bounds()
	for py := b.Min.Y; py < b.Max.Y; py++ {
		for px := b.Min.X; px < b.Max.X; px++ {
			fn((float64(px)+0.5)*72/s.dpi, (float64(b.Max.Y-py)-0.5)*72/s.dpi, px, py)
		}
	}
}

func (s signedForm) count(img image.Image, b document.Box, is func(color.Color) bool) int {
	n := 0
	s.each(img, func(x, y float64, px, py int) {
		if x > b.X && x < b.X+b.W && y > b.Y && y < b.Y+b.H && is(img.At(px, py)) {
			n++
		}
	})
	return n
}

// bounds is the box around all ink of a kind.
func (s signedForm) bounds(img image.Image, is func(color.Color) bool) document.Box {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	half := 36 / s.dpi
	s.each(img, func(x, y float64, px, py int) {
		if is(img.At(px, py)) {
			x0, y0, x1, y1 = min(x0, x-half), min(y0, y-half), max(x1, x+half), max(y1, y+half)
		}
	})
	return document.Box{Page: s.layout.Sign.Page, X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

func rgb(c color.Color) (r, g, b int) {
	x, y, z, _ := c.RGBA()
	return int(x >> 8), int(y >> 8), int(z >> 8)
}

func dark(c color.Color) bool { r, g, b := rgb(c); return max(r, g, b) < 0x90 }
func blue(c color.Color) bool { r, _, b := rgb(c); return b > r+60 }
func red(c color.Color) bool  { r, g, b := rgb(c); return r > g+60 && r > b+60 }

func closeTo(a, b color.Color) bool {
	r0, g0, b0 := rgb(a)
	r1, g1, b1 := rgb(b)
	return max(r0-r1, r1-r0)+max(g0-g1, g1-g0)+max(b0-b1, b1-b0) < 24
}
