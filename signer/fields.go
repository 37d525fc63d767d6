package signer

import (
	"fmt"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// Names of the form fields signing makes. They stay in issued documents for
// decades and verification asks for them: never rename.
const (
	FieldNumber = "vanthu-number" // text: the number, or the whole "Số: 15/QĐ-UBND"
	FieldDay    = "vanthu-day"    // text: the day, or the whole line of place and date
	FieldMonth  = "vanthu-month"  // text: the month; absent when the layout is Whole
	FieldYear   = "vanthu-year"   // text: the year; only where the page has a blank for it
	FieldAgency = "vanthu-agency" // signature of the agency, made empty, with /Lock
	FieldLeader = "vanthu-leader" // signature of the leader; the second leader's is "vanthu-leader-2"
	FieldCopy   = "vanthu-copy"   // signature on a certified copy (sao y), made when one is
)

// maxLeaders is how many leaders may sign one document (joint documents of several bodies).
const maxLeaders = 4

// leaderField is the name of the n-th leader's field, counted from 1.
func leaderField(n int) string {
	if n == 1 {
		return FieldLeader
	}
	return fmt.Sprintf("%s-%d", FieldLeader, n)
}

// openFields are the fields a leader's signature leaves open; every other one is locked by it.
func openFields() []string {
	names := append(textFields(), FieldAgency, FieldCopy)
	for n := 2; n <= maxLeaders; n++ {
		names = append(names, leaderField(n))
	}
	return names
}

// textFields are the fields sealing fills.
func textFields() []string { return []string{FieldNumber, FieldDay, FieldMonth, FieldYear} }

// FieldText is what sealing writes into one field.
type FieldText struct {
	Field string // FieldNumber, FieldDay, FieldMonth or FieldYear
	Label string // in Vietnamese, for the clerk
	Text  string
}

// SealedText tells what sealing will write, so that the clerk sees it before
// the token is asked. Dates as Decree 30/2020 Annex I II.4 wants them. A place
// the layout lacks (minutes have no date line) gets nothing.
func SealedText(l document.Layout, ref document.Reference, date document.Date, place string) []FieldText {
	texts := map[string]FieldText{
		FieldNumber: {FieldNumber, "Số", ref.Number},
		FieldDay:    {FieldDay, "Ngày", date.DayText()},
		FieldMonth:  {FieldMonth, "Tháng", date.MonthText()},
		FieldYear:   {FieldYear, "Năm", fmt.Sprint(date.Year)},
	}
	if l.Whole {
		texts[FieldNumber] = FieldText{FieldNumber, "Số, ký hiệu", "Số: " + ref.String()}
		texts[FieldDay] = FieldText{FieldDay, "Địa danh, ngày tháng", place + ", " + date.Words()}
	}
	var out []FieldText
	boxes := textBoxes(l)
	for _, name := range textFields() {
		if _, ok := boxes[name]; ok {
			out = append(out, texts[name])
		}
	}
	return out
}

// textBoxes are the places of the text fields a layout has.
func textBoxes(l document.Layout) map[string]document.Box {
	boxes := map[string]document.Box{FieldNumber: l.Number, FieldDay: l.Day}
	if !l.Whole {
		boxes[FieldMonth], boxes[FieldYear] = l.Month, l.Year
	}
	for name, b := range boxes {
		if b.IsZero() {
			delete(boxes, name)
		}
	}
	return boxes
}

// formEdit changes the form and the pages of a document through an update,
// each value where it stands: an indirect array stays indirect.
type formEdit struct {
	f *pdf.File
	u *pdf.Update
}

// putDict writes a changed dictionary where the old value o stood and returns what refers to it.
func (e formEdit) putDict(o pdf.Object, d *pdf.Dict) string {
	if ref, ok := o.(pdf.Ref); ok {
		e.u.Put(ref, d.Bytes())
		return ref.String()
	}
	return string(d.Bytes())
}

// putArray is putDict for the raw elements of an array.
func (e formEdit) putArray(o pdf.Object, items [][]byte) string {
	raw := "[" + joinRaw(items) + "]"
	if ref, ok := o.(pdf.Ref); ok {
		e.u.Put(ref, []byte(raw))
		return ref.String()
	}
	return raw
}

func joinRaw(items [][]byte) string {
	parts := make([]string, len(items))
	for i, it := range items {
		parts[i] = string(it)
	}
	return strings.Join(parts, " ")
}

// items returns the raw elements of the array at key of d; none when it is absent.
func (e formEdit) items(d *pdf.Dict, key pdf.Name) ([][]byte, error) {
	entry, ok := d.Find(key)
	if !ok || entry.Value == nil {
		return nil, nil
	}
	raw := entry.Raw
	if ref, ok := entry.Value.(pdf.Ref); ok {
		var err error
		if raw, err = e.f.Raw(ref); err != nil || raw == nil {
			return nil, err
		}
	}
	return pdf.SplitArray(raw)
}

// formChange is what a revision adds to AcroForm.
type formChange struct {
	fields []pdf.Ref
	fonts  map[string]pdf.Ref // resource name → font
	signed bool               // the document carries a signature from now on
}

// addToForm adds fields and fonts to the form, making one when there is none.
func (e formEdit) addToForm(c formChange) error {
	catalog, err := e.f.Catalog()
	if err != nil {
		return err
	}
	at := catalog.Get("AcroForm")
	form, err := e.f.Dict(at)
	if err != nil {
		return err
	}
	if form == nil {
		form, at = &pdf.Dict{}, nil
	}
	if form, err = e.changedForm(form, c); err != nil {
		return err
	}
	if ref, ok := at.(pdf.Ref); ok {
		e.u.Put(ref, form.Bytes())
		return nil
	}
	raw := string(form.Bytes())
	if at == nil {
		raw = e.u.Add(form.Bytes()).String()
	}
	e.u.Put(e.f.Trailer().Get("Root").(pdf.Ref), catalog.With("AcroForm", raw).Bytes())
	return nil
}

func (e formEdit) changedForm(form *pdf.Dict, c formChange) (*pdf.Dict, error) {
	items, err := e.items(form, "Fields")
	if err != nil {
		return nil, err
	}
	for _, r := range c.fields {
		items = append(items, []byte(r.String()))
	}
	form = form.With("Fields", e.putArray(form.Get("Fields"), items))
	if c.signed {
		flags, _ := form.Get("SigFlags").(pdf.Integer)
		form = form.With("SigFlags", fmt.Sprint(flags|3)) // signatures exist; append only
	}
	if len(c.fonts) == 0 {
		return form, nil
	}
	dr, err := e.dictAt(form, "DR")
	if err != nil {
		return nil, err
	}
	fonts, err := e.dictAt(dr, "Font")
	if err != nil {
		return nil, err
	}
	for _, name := range sortedNames(c.fonts) {
		fonts = fonts.With(pdf.Name(name), c.fonts[name].String())
	}
	dr = dr.With("Font", e.putDict(dr.Get("Font"), fonts))
	return form.With("DR", e.putDict(form.Get("DR"), dr)), nil
}

// dictAt is the dictionary at key, an empty one when there is none.
func (e formEdit) dictAt(d *pdf.Dict, key pdf.Name) (*pdf.Dict, error) {
	v, err := e.f.Dict(d.Get(key))
	if v == nil {
		v = &pdf.Dict{}
	}
	return v, err
}

// addToPage puts widgets on a page: before the widget named before when it is
// there, else on top. Later annotations are drawn over earlier ones.
func (e formEdit) addToPage(page pdf.Page, widgets []pdf.Ref, before []pdf.Ref) error {
	items, err := e.items(page.Dict, "Annots")
	if err != nil {
		return err
	}
	at := len(items)
	for i := len(items) - 1; i >= 0; i-- {
		for _, b := range before {
			if string(items[i]) == b.String() {
				at = i
			}
		}
	}
	added := make([][]byte, 0, len(items)+len(widgets))
	added = append(added, items[:at]...)
	for _, w := range widgets {
		added = append(added, []byte(w.String()))
	}
	added = append(added, items[at:]...)
	old := page.Dict.Get("Annots")
	shared, err := e.sharedAnnots(page)
	if err != nil {
		return err
	}
	if shared { // the page gets a list of its own: else the widgets show on the other page too
		old = nil
	}
	raw := e.putArray(old, added)
	if _, indirect := old.(pdf.Ref); !indirect {
		e.u.Put(page.Ref, page.Dict.With("Annots", raw).Bytes())
	}
	return nil
}

// sharedAnnots tells whether another page has the same object as its list of annotations.
func (e formEdit) sharedAnnots(page pdf.Page) (bool, error) {
	ref, ok := page.Dict.Get("Annots").(pdf.Ref)
	if !ok {
		return false, nil
	}
	pages, err := e.f.Pages()
	if err != nil {
		return false, err
	}
	for _, p := range pages {
		if p.Ref != page.Ref && p.Dict.Get("Annots") == ref {
			return true, nil
		}
	}
	return false, nil
}
