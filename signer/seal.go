package signer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// Sealing is what the agency's signature needs besides the key.
type Sealing struct {
	Layout    document.Layout // the one the document was approved with
	Reference document.Reference
	Date      document.Date
	Place     string    // official name of the unit, used when Layout.Whole
	Image     []byte    // PNG of the seal, red on transparent, true size in Layout.Seal; nil: text is drawn
	Time      time.Time // claimed time of signing
	Agency    string    // the agency's name in the signature; empty: the certificate's holder
}

// Seal fills number and date into the prepared fields and puts the agency's
// signature on the document, all in one revision. The leader must have signed
// and nothing may have been added since (Decree 30/2020 Art. 32.2: only a
// document signed by the authorised person is sealed).
//
// The key is asked exactly once, after everything else has succeeded. Errors
// about the file are a *document.Problem (classes as of Approve); the key's own
// come through as they are.
func Seal(ctx context.Context, in []byte, key Key, s Sealing) ([]byte, error) {
	r, err := seal(ctx, bytes.NewReader(in), key, s)
	if err != nil {
		return nil, explain(err)
	}
	return whole(r)
}

// SealFile is Seal for a file of size bytes that is not held in memory: see ApproveFile.
func SealFile(ctx context.Context, in io.ReaderAt, size int64, out io.Writer, key Key, s Sealing) error {
	r, err := seal(ctx, io.NewSectionReader(in, 0, size), key, s)
	if err != nil {
		return explain(err)
	}
	return explain(r.writeTo(ctx, out))
}

func seal(ctx context.Context, in sized, key Key, s Sealing) (*revision, error) {
	f, err := openSigned(in)
	if err != nil {
		return nil, err
	}
	if err := refuseExpired(key.Certificate(), s.Time); err != nil {
		return nil, err
	}
	form, err := findForm(f)
	if err != nil {
		return nil, err
	}
	if err := form.ready(in.Size()); err != nil {
		return nil, err
	}
	if err := form.matches(s.Layout); err != nil {
		return nil, err
	}
	if err := refuseInvalid(ctx, in, s.Time); err != nil {
		return nil, fmt.Errorf("%w: %w", changedAfter(), err)
	}
	p, err := form.prepare(in, key, s)
	if err != nil {
		return nil, fmt.Errorf("prepare seal: %w", err)
	}
	expect, err := expectAfter(in, FieldAgency)
	if err != nil {
		return nil, err
	}
	if err := p.rehearse(ctx, s.Time); err != nil {
		return nil, fmt.Errorf("check before signing: %w", err)
	}
	return p, p.sign(ctx, key, expect)
}

// sealForm is the document with the fields that sealing needs.
type sealForm struct {
	formEdit
	pages   []pdf.Page
	texts   map[string]pdf.Field
	agency  *pdf.Field
	leaders []pdf.Field
}

func findForm(f *pdf.File) (*sealForm, error) {
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	fields, err := f.Fields()
	if err != nil {
		return nil, err
	}
	form := &sealForm{formEdit: formEdit{f, f.NewUpdate()}, pages: pages, texts: map[string]pdf.Field{}}
	for _, fd := range fields {
		signed, err := isSigned(f, fd)
		if err != nil {
			return nil, err
		}
		switch {
		case fd.Name == FieldAgency:
			form.agency = &fd
		case slices.Contains(textFields(), fd.Name):
			form.texts[fd.Name] = fd
		case isLeaderField(fd.Name) && signed:
			form.leaders = append(form.leaders, fd)
		}
	}
	return form, nil
}

// ready tells whether the document stands where a leader left it: fields empty,
// at least one leader's signature, the last one covering every byte.
func (s *sealForm) ready(size int64) error {
	switch {
	case s.agency == nil || s.agency.Type != "Sig" || len(s.leaders) == 0:
		return document.Refuse(ErrCannotSign, "Văn bản chưa có chữ ký số của người có thẩm quyền, hoặc không do phần mềm này trình ký.",
			"Trình lãnh đạo ký số văn bản trước, sau đó mới cấp số và đóng dấu.")
	case s.agency.Value != nil:
		return document.Refuse(ErrCannotSign, "Văn bản đã có chữ ký số của cơ quan.", "Không đóng dấu lần thứ hai; nếu sai, hãy thu hồi và phát hành văn bản thay thế.")
	}
	for _, fd := range s.texts {
		if fd.Type != "Tx" || fd.Flags&1 == 0 || fd.Value != nil {
			return changedAfter()
		}
	}
	for _, fd := range s.leaders {
		if coversAll(s.f, fd, size) == nil {
			return nil
		}
	}
	return changedAfter()
}

func changedAfter() error {
	return document.Refuse(ErrTampered, "Tệp đã bị thay đổi sau khi lãnh đạo ký.", "Không đóng dấu. Lấy lại bản lãnh đạo đã ký, hoặc trình ký lại từ đầu.")
}

// matches demands that the fields stand where the layout of the document says.
func (s *sealForm) matches(l document.Layout) error {
	boxes := textBoxes(l)
	if len(boxes) != len(s.texts) {
		return changedAfter()
	}
	for name, box := range boxes {
		fd, ok := s.texts[name]
		if !ok || !s.standsAt(fd.Dict, box) {
			return changedAfter()
		}
	}
	if !s.standsAt(s.agency.Dict, l.Seal) {
		return changedAfter()
	}
	return nil
}

func (s *sealForm) standsAt(widget *pdf.Dict, box document.Box) bool {
	want, err := placeBox(s.pages, box)
	if err != nil {
		return false
	}
	got, err := placeWidget(s.f, s.pages, widget)
	if err != nil || got.page.Ref != want.page.Ref {
		return false
	}
	const slack = 0.01 // rounding of the written rectangle
	for _, d := range []float64{got.rect.X0 - want.rect.X0, got.rect.Y0 - want.rect.Y0, got.rect.X1 - want.rect.X1, got.rect.Y1 - want.rect.Y1} {
		if math.Abs(d) > slack {
			return false
		}
	}
	return true
}

// prepare writes the revision: the filled fields and the agency's signature, all but the signature itself.
func (s *sealForm) prepare(in sized, key Key, sl Sealing) (*revision, error) {
	for _, t := range SealedText(sl.Layout, sl.Reference, sl.Date, sl.Place) {
		if err := s.fill(s.texts[t.Field], norm.NFC.String(t.Text)); err != nil {
			return nil, fmt.Errorf("field %s: %w", t.Field, err)
		}
	}
	hole, err := holeFor(key)
	if err != nil {
		return nil, err
	}
	if sl.Agency == "" {
		sl.Agency = key.Info().Holder
	}
	root := s.f.Trailer().Get("Root").(pdf.Ref)
	reference, _ := fieldLock(root, "Include", textFields())
	sig := s.u.Add(signatureDict(hole, sl.Agency, sl.Time).With("Reference", reference).Bytes())
	ap, err := s.seal(sl)
	if err != nil {
		return nil, err
	}
	widget := s.agency.Dict.With("AP", "<< /N "+s.u.Add(ap).String()+" >>").With("V", sig.String())
	s.u.Put(s.agency.Ref, widget.Bytes())
	return newRevision(in, s.u, sig)
}

// seal draws the seal: its picture in true size, else lines of text, which keep
// clear of the leader's signature that the right third of a seal lies on.
func (s *sealForm) seal(sl Sealing) ([]byte, error) {
	at, err := placeWidget(s.f, s.pages, s.agency.Dict)
	if err != nil {
		return nil, err
	}
	if len(sl.Image) > 0 {
		return imageBlock(s.u, at, sl.Image, firstArchive(s.f))
	}
	lines := []string{"Cơ quan: " + sl.Agency, "Thời gian ký: " + sl.Time.In(document.Zone()).Format("02.01.2006 15:04:05 -07:00")}
	return textBlock(s.u, at, at.w*2/3, lines, inkRed, firstArchive(s.f))
}

// fill sets a text field's value and draws it with the font the field brought
// along when the leader signed: glyphs that spell exactly the value, text
// operators only, no Matrix.
func (s *sealForm) fill(fd pdf.Field, text string) error {
	if text == "" {
		return fmt.Errorf("%w: nothing to write", ErrCannotSign)
	}
	at, err := placeWidget(s.f, s.pages, fd.Dict)
	if err != nil {
		return err
	}
	font, err := s.fieldFont(fd)
	if err != nil {
		return err
	}
	glyphs, err := font.spell(text)
	if err != nil {
		return err
	}
	size := fieldSize(at)
	if glyphs.width*size > at.w {
		size = at.w / glyphs.width
	}
	if size < minFieldSize {
		return document.Refuse(ErrCannotSign, fmt.Sprintf("Ô trên văn bản quá hẹp cho “%s”.", text), "Chọn lại vị trí ô số, ngày tháng rồi trình ký lại.")
	}
	l := line{text: glyphs, font: font.resource, size: size, x: (at.w - glyphs.width*size) / 2,
		y: at.h * fontDescent / (fontAscent + fontDescent)} // the line's own base line, small or not
	var b bytes.Buffer
	b.WriteString("/Tx BMC\nq\n" + l.ops(at, inkBlack) + "Q\nEMC\n")
	ap := s.u.Add(formXObject(at, "/Font << /"+font.resource+" "+font.ref.String()+" >>", b.String()))
	s.u.Put(fd.Ref, fd.Dict.With("AP", "<< /N "+ap.String()+" >>").With("V", pdf.WriteText(text)).Bytes())
	return nil
}
