package form

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/document"
)

// Errors of a form that cannot be written.
var (
	ErrYear  = errors.New("form without a year")           // neither Date nor Year says which year stands in the date line
	ErrGlyph = errors.New("character without a glyph")     // the font cannot show it
	ErrDate  = errors.New("date without day or month")     // half a date is neither a blank nor a date
	ErrType  = errors.New("form without type or notation") // nothing to put after the number
)

// Form is one administrative document before it is signed. Texts may hold any
// white space; it is folded into single spaces.
type Form struct {
	Superior string // cơ quan chủ quản trực tiếp, may be empty
	Issuer   string // tên cơ quan ban hành, "Ủy ban nhân dân xã Định Mỹ"
	Abbr     string // issuer's abbreviation, used when Notation is empty
	Place    string // địa danh of the date line
	TypeName string // document.Type name, "Quyết định"; "Công văn" has its own layout
	Notation string // after the number: "QĐ-UBND"; derived from TypeName and Abbr when empty
	Subject  string // trích yếu, without "V/v"

	To         []string // Kính gửi
	Body       []string // paragraphs: see paragraph kinds in body.go
	Recipients []string // Nơi nhận, without "Lưu: VT"

	Heading []string // lines above the signature; derived from Signer and Issuer when empty
	Signer  document.Signer
	Urgency document.Urgency

	Number string        // when already given; empty leaves the blank
	Date   document.Date // when already given; zero leaves the blanks
	Year   int           // year in the date line when Date is zero
}

// Write lays the form out on A4 and writes it as one PDF.
func Write(w io.Writer, f Form) error {
	s, err := draw(f)
	if err != nil {
		return fmt.Errorf("write form %q: %w", f.Subject, err)
	}
	_, err = s.pdf.WriteTo(w)
	return err
}

// Layout tells where signing writes on the PDF that Write makes of f: what
// reading its pages would find, without reading them. A number or date that is
// given already has no box.
func Layout(f Form) (document.Layout, error) {
	s, err := draw(f)
	if err != nil {
		return document.Layout{}, fmt.Errorf("lay out form %q: %w", f.Subject, err)
	}
	return s.layout, nil
}

func draw(f Form) (*sheet, error) {
	f, err := f.complete()
	if err != nil {
		return nil, err
	}
	s, err := newSheet()
	if err != nil {
		return nil, err
	}
	s.describe(f)
	s.head(f)
	s.title(f)
	s.addressees(f)
	s.body(f)
	s.foot(f)
	return s, s.err
}

// letter tells the layout of an official letter: no type, V/v under the number.
func (f Form) letter() bool { return strings.EqualFold(f.TypeName, document.OfficialLetter) }

// complete cleans the texts and fills in what follows from the rest.
func (f Form) complete() (Form, error) {
	for _, s := range []*string{&f.Superior, &f.Issuer, &f.Abbr, &f.Place, &f.TypeName, &f.Notation, &f.Subject, &f.Number, &f.Signer.Competence, &f.Signer.Position, &f.Signer.Name} {
		*s = clean(*s)
	}
	for _, list := range []*[]string{&f.To, &f.Body, &f.Recipients, &f.Heading} {
		*list = cleanAll(*list)
	}
	if len(f.Heading) == 0 {
		f.Heading = heading(f.Signer, f.Issuer)
	}
	if err := f.fillNotation(); err != nil {
		return f, err
	}
	return f, f.fillYear()
}

func (f *Form) fillNotation() error {
	if f.Notation == "" {
		t, known := document.TypeByName(f.TypeName)
		if !known || f.Abbr == "" {
			return ErrType
		}
		f.Notation = document.Notation(t, f.Abbr, "")
	}
	return nil
}

func (f *Form) fillYear() error {
	if f.Date.Day == 0 && f.Date.Month == 0 {
		f.Year = max(f.Year, f.Date.Year)
		f.Date = document.Date{}
	}
	switch {
	case f.Date.IsZero() && f.Year == 0:
		return ErrYear
	case !f.Date.IsZero() && (f.Date.Day == 0 || f.Date.Month == 0 || f.Date.Year == 0):
		return ErrDate
	}
	return nil
}

// heading gives the lines of Decree 30 Annex I II.7 for a signer of a
// commune's people's committee.
func heading(s document.Signer, issuer string) []string {
	position := strings.ToUpper(s.Position)
	switch strings.ToUpper(s.Competence) {
	case "":
		return []string{position}
	case "TM.":
		return []string{"TM. " + strings.ToUpper(collective(issuer)), position}
	case "Q.":
		return []string{"TM. " + strings.ToUpper(collective(issuer)), "Q. " + position}
	case "KT.":
		return []string{"KT. " + strings.ToUpper(strings.TrimSpace(strings.TrimPrefix(s.Position, "Phó "))), position}
	}
	return []string{strings.ToUpper(s.Competence) + " CHỦ TỊCH", position}
}

// collective is the issuer's name without the place: "Ủy ban nhân dân".
func collective(issuer string) string {
	for _, unit := range unitWords() {
		if i := strings.Index(strings.ToUpper(issuer), " "+unit+" "); i > 0 {
			return issuer[:i]
		}
	}
	return issuer
}

// unitWords are the words that begin the place part of an agency's name; a
// long name breaks before them.
func unitWords() []string {
	return []string{"XÃ", "PHƯỜNG", "ĐẶC KHU", "TỈNH", "THÀNH PHỐ", "HUYỆN"}
}

func clean(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), " ") }

func cleanAll(in []string) []string {
	var out []string
	for _, s := range in {
		if s = clean(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
