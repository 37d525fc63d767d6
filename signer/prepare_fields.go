package signer

import (
	"fmt"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// fieldPlan is one field made before the leader signs.
type fieldPlan struct {
	name, tip string
	box       document.Box
	italic    bool
	digits    int // it must be able to hold so many
}

// prepareFields appends the revision with the three or four empty read-only text
// fields and the empty agency signature field (signing.md §10). They must be
// there before the leader signs: filling them afterwards is form filling,
// making them afterwards would be a change to the signed document.
func prepareFields(in sized, l document.Layout) (sized, error) {
	f, err := openPDF(in)
	if err != nil {
		return nil, err
	}
	pages, err := f.Pages()
	if err != nil {
		return nil, err
	}
	m := fieldMaker{formEdit: formEdit{f, f.NewUpdate()}, pages: pages, fonts: map[string]pdf.Ref{}, widgets: map[int][]pdf.Ref{}}
	if err := m.textFields(l); err != nil {
		return nil, err
	}
	if err := m.agencyField(l.Seal); err != nil {
		return nil, err
	}
	if err := m.addToForm(formChange{fields: m.fields, fonts: m.fonts}); err != nil {
		return nil, err
	}
	for i, p := range pages {
		if refs := m.widgets[i+1]; refs != nil {
			if err := m.addToPage(p, refs, nil); err != nil {
				return nil, err
			}
		}
	}
	tail, err := m.u.Tail()
	if err != nil {
		return nil, err
	}
	return &grown{in, tail.Bytes}, nil
}

// fieldMaker collects the fields of one preparing revision.
type fieldMaker struct {
	formEdit
	pages   []pdf.Page
	fields  []pdf.Ref
	fonts   map[string]pdf.Ref
	widgets map[int][]pdf.Ref // by page number
}

func (m *fieldMaker) textFields(l document.Layout) error {
	boxes := textBoxes(l)
	for _, p := range []fieldPlan{
		{FieldNumber, "Số văn bản", boxes[FieldNumber], false, 4},
		{FieldDay, "Ngày ban hành", boxes[FieldDay], true, 2},
		{FieldMonth, "Tháng ban hành", boxes[FieldMonth], true, 2},
		{FieldYear, "Năm ban hành", boxes[FieldYear], true, 4},
	} {
		if p.box.IsZero() {
			continue
		}
		if err := m.textField(p, l.Whole); err != nil {
			return fmt.Errorf("field %s: %w", p.name, err)
		}
	}
	return nil
}

// fieldFont embeds the font of the text fields with every character that may
// be filled in, once per face: what is filled later may use no new font.
func (m *fieldMaker) fieldFont(italic, whole bool) (name string, ref pdf.Ref, err error) {
	name = "VanThuSerif"
	if italic {
		name = "VanThuSerifItalic"
	}
	if ref, ok := m.fonts[name]; ok {
		return name, ref, nil
	}
	face, err := newFont(italic)
	if err != nil {
		return "", pdf.Ref{}, err
	}
	face.listed = firstArchive(m.f)
	face.shape(fillable(italic, whole))
	ref, err = face.embed(m.u)
	m.fonts[name] = ref
	return name, ref, err
}

// fillable are the characters a field may be filled with: day and month are
// digits, a number may be "12a" or "12A", a whole line needs the alphabet.
func fillable(italic, whole bool) string {
	const digits = "0123456789"
	if !whole && italic {
		return digits
	}
	if !whole {
		return digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZĐabcdefghijklmnopqrstuvwxyzđ/-."
	}
	return digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz /-.,:;()&'’–" +
		"ĐÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ" +
		"đàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
}

func (m *fieldMaker) textField(p fieldPlan, whole bool) error {
	at, err := placeBox(m.pages, p.box)
	if err != nil {
		return err
	}
	if at.w < float64(p.digits)*digitWidth*minFieldSize {
		return document.Refuse(ErrCannotSign, "Chỗ trống cho số hoặc ngày tháng trên văn bản quá hẹp.",
			"Chừa chỗ trống rộng hơn (khoảng 1 cm) trong bản soạn thảo rồi xuất lại PDF.")
	}
	name, font, err := m.fieldFont(p.italic, whole)
	if err != nil {
		return err
	}
	empty := m.u.Add(formXObject(at, "/Font << /"+name+" "+font.String()+" >>", "/Tx BMC\nEMC\n"))
	m.add(p.box.Page, fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Tx /T (%s) /TU %s /Ff 1 /F 4 /Q 1 /DA (/%s %s Tf 0 g) /Rect %s /P %s /BS << /W 0 >>%s /AP << /N %s >> >>",
		p.name, pdf.WriteText(p.tip), name, pdf.WriteNumber(fieldSize(at)), pdf.WriteRect(at.rect), at.page.Ref, at.rotation(), empty))
	return nil
}

// agencyField makes the empty signature field that sealing uses. Its lock
// closes the text fields once it is signed.
func (m *fieldMaker) agencyField(box document.Box) error {
	at, err := placeBox(m.pages, box)
	if err != nil {
		return fmt.Errorf("field %s: %w", FieldAgency, err)
	}
	root, _ := m.f.Trailer().Get("Root").(pdf.Ref)
	_, lock := fieldLock(root, "Include", textFields())
	empty := m.u.Add(formXObject(at, "", ""))
	m.add(box.Page, fmt.Sprintf("<< /Type /Annot /Subtype /Widget /FT /Sig /T (%s) /TU %s /F 132 /Rect %s /P %s%s /Lock %s /AP << /N %s >> >>",
		FieldAgency, pdf.WriteText("Chữ ký số của cơ quan"), pdf.WriteRect(at.rect), at.page.Ref, at.rotation(), m.u.Add([]byte(lock)), empty))
	return nil
}

func (m *fieldMaker) add(page int, body string) {
	ref := m.u.Add([]byte(body))
	m.fields = append(m.fields, ref)
	m.widgets[page] = append(m.widgets[page], ref)
}

// fieldSize is the size of the text in a field whose box is the line box of the text around it.
func fieldSize(p placed) float64 {
	return max(minFieldSize, min(maxFieldSize, p.h/(fontAscent+fontDescent)))
}

// digitWidth is the width of a digit in parts of the size, in both faces.
const digitWidth = 0.5

// minFieldSize is the smallest text, in points: a number of four digits on the
// three dots that the forms of Annex III leave for it. Two digits there have 9.
const minFieldSize = 4.5

// maxFieldSize is the largest text Decree 30 Annex I asks for in number and date.
const maxFieldSize = 14
