package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// signing is the dialog before a key is used: what exactly is signed, with which key,
// and the PIN. The PIN is given to the key once, then forgotten, right or wrong.
type signing struct {
	*form
	doc   outbox.Document
	seal  bool // the agency's signature, otherwise the leader's
	which *field
	pin   *field
	ready bool
	final bool // the clerk was told that the next try is the last
}

func newSigning(m *Model, doc outbox.Document, seal bool) *signing {
	s := &signing{
		doc: doc, seal: seal,
		which: choice("Thiết bị, khóa ký", "Chọn khóa ký.", false, nil),
		pin:   &field{label: "Mã PIN", kind: secret, must: "Gõ mã PIN của khóa ký."},
	}
	s.pin.mask, s.pin.max = true, 64
	title, next := "Ký số của người có thẩm quyền", "Đọc kỹ phần trên. Chọn khóa của người ký, gõ PIN rồi Enter. Sai PIN nhiều lần thiết bị sẽ bị khóa."
	if seal {
		title, next = "Ký số của cơ quan", "Đọc kỹ số và ngày sẽ ghi. Chọn khóa của cơ quan, gõ PIN rồi Enter. Sai PIN nhiều lần thiết bị sẽ bị khóa."
	}
	s.form = newForm(title, next, m.o.Clock, s.which, s.pin)
	s.form.submit, s.form.result = s.use, s.used
	s.intro = signedThing(m, doc, seal)
	if m.o.Hint != "" {
		s.intro = append(s.intro, clean(m.o.Hint))
	}
	return s
}

// signedThing says what is signed: the words a person knows it by and the hash that
// means exactly these bytes.
func signedThing(m *Model, doc outbox.Document, seal bool) []string {
	lines := []string{
		"Văn bản:  " + clean(strings.TrimSpace(doc.Draft.TypeName+" "+doc.Draft.Subject)),
		fmt.Sprintf("Tệp:      %s, %s", clean(doc.File.Name), bytesText(doc.File.Size)),
		"SHA-256:  " + string(doc.File.Hash),
	}
	if seal {
		lines = append(lines, sealedText(doc, m.o.Outbox.Place)...)
	} else {
		lines = append(lines, "Người ký: "+signerText(doc.Draft.Signer))
	}
	return lines
}

// sealedText is what sealing writes on the page besides the seal itself.
func sealedText(doc outbox.Document, place string) []string {
	number := doc.Code.Number
	day := fmt.Sprintf("ngày %s, tháng %s", doc.Date.DayText(), doc.Date.MonthText())
	switch {
	case doc.Layout.Whole:
		number = "Số: " + doc.Code.String()
		day = place + ", " + doc.Date.Words()
	case !doc.Layout.Year.IsZero():
		day += fmt.Sprintf(", năm %d", doc.Date.Year)
	}
	return []string{
		"Sẽ ghi số:  " + clean(number) + "  (văn bản số " + clean(doc.Code.String()) + ")",
		"Sẽ ghi ngày: " + clean(day) + "  (" + doc.Date.Words() + ")",
		"Sẽ đóng:    hình dấu của cơ quan và chữ ký số của cơ quan",
	}
}

// prepared is what the dialog learns before it asks for the PIN.
type prepared struct {
	keys  []KeyInfo
	pages int
}

func (s *signing) load(m *Model, quiet bool) tea.Cmd {
	if quiet && s.ready {
		return nil
	}
	keys, pages, desk, file := m.o.Keys, m.o.Pages, m.o.Outbox, s.doc.File
	return s.ask(m, "Đang tìm thiết bị ký và đọc tệp", func(ctx context.Context) (any, error) {
		var p prepared
		if keys == nil {
			return p, nil
		}
		var err error
		if p.keys, err = keys.List(ctx); err != nil || pages == nil {
			return p, err
		}
		f, err := desk.Store.OpenBlob(file.Hash)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		pdf, err := io.ReadAll(f)
		if err == nil {
			p.pages, err = pages(ctx, pdf)
		}
		return p, err
	})
}

func (s *signing) take(m *Model, v any) tea.Cmd {
	p, ok := v.(prepared)
	if !ok {
		return s.form.take(m, v)
	}
	s.ready = true
	if p.pages > 0 {
		s.intro[1] += fmt.Sprintf(", %d trang", p.pages)
	}
	s.which.options = nil
	for _, k := range p.keys {
		s.which.options = append(s.which.options, option{label: keyText(k, m.o.Clock()), value: k})
	}
	if len(p.keys) == 0 {
		m.warn("Không thấy khóa ký nào: cắm thiết bị ký rồi nhấn Esc và làm lại.")
	}
	s.preselect(m)
	s.current().enter()
	return nil
}

// preselect offers the key that belongs to the act and goes on to the PIN.
func (s *signing) preselect(m *Model) {
	want := m.o.SealKey
	if !s.seal {
		want = ""
		for _, l := range m.o.Leaders {
			if l.Signer == s.doc.Draft.Signer {
				want = l.Key
			}
		}
	}
	for _, o := range s.which.options {
		if k := o.value.(KeyInfo); want != "" && k.Ref == want {
			s.which.take(o)
			s.focus = 1
		}
	}
}

// keyText is a key as one row: holder first, then the device and what is left of it.
func keyText(k KeyInfo, now time.Time) string {
	parts := []string{clean(k.Holder)}
	switch {
	case k.Soft:
		parts = append(parts, "khóa thực hành")
	case k.Label != "":
		parts = append(parts, "thiết bị "+clean(k.Label)+" số "+clean(k.Serial))
	}
	switch {
	case k.Locked:
		parts = append(parts, "ĐÃ KHÓA")
	case k.Tries != "":
		parts = append(parts, clean(k.Tries))
	}
	switch {
	case k.NotAfter.IsZero():
	case k.NotAfter.Before(now):
		parts = append(parts, "CHỨNG THƯ HẾT HẠN "+day(k.NotAfter))
	default:
		parts = append(parts, "hạn "+day(k.NotAfter))
	}
	return strings.Join(parts, ", ")
}

// use gives the PIN to the key and signs. The PIN leaves the form before the command
// runs, so that nothing can try it again.
func (s *signing) use(m *Model) tea.Cmd {
	k, ok := s.which.value.(KeyInfo)
	switch {
	case !ok:
		return nil
	case k.Locked:
		s.pin.wipe()
		m.warn("Thiết bị này đã bị khóa: cần cơ quan cấp thiết bị mở khóa.")
		return nil
	}
	pin := []byte(s.pin.String())
	s.pin.wipe()
	keys, desk, id, act, event := m.o.Keys, m.o.Outbox, s.doc.ID, m.o.Outbox.Sign, outbox.EventSign
	what, final := "Đang ký số", s.final
	if s.seal {
		act, event, what = desk.Seal, outbox.EventSeal, "Đang ghi số, ngày và ký số của cơ quan"
	}
	return s.run(m, what, func(ctx context.Context) (any, error) {
		defer clear(pin)
		if err := desk.MaySign(id, event); err != nil {
			return nil, err // no PIN is spent on what would be refused
		}
		key, err := openKey(ctx, keys, k.Ref, pin, final)
		if err != nil {
			return nil, err
		}
		doc, err := act(ctx, id, key)
		return doc, errors.Join(err, key.Close())
	})
}

func openKey(ctx context.Context, keys Keys, ref string, pin []byte, final bool) (Key, error) {
	if last, ok := keys.(LastTry); ok && final {
		return last.OpenLast(ctx, ref, pin)
	}
	return keys.Open(ctx, ref, pin)
}

func (s *signing) used(m *Model, v any) tea.Cmd {
	if s.seal {
		return m.done(v, "Cơ quan đã ký số; văn bản sẵn sàng phát hành.")
	}
	return m.done(v, "Đã ký số; bước sau là cấp số.")
}

// failed says how many tries a wrong PIN has left, and waits for another PIN.
func (s *signing) failed(m *Model, err error) {
	var wrong *PINError
	if !errors.As(err, &wrong) {
		m.problem(err)
		return
	}
	s.focus, s.final = 1, wrong.Final
	what, next := pinText(wrong)
	s.pin.problem = what
	m.problem(document.Refuse(err, what, next))
}

// pinText says what a refused PIN means and what to do.
func pinText(e *PINError) (what, next string) {
	const ask = "Hỏi lại người giữ khóa trước khi gõ tiếp"
	switch {
	case e.Locked:
		return "Sai mã PIN, thiết bị đã bị khóa.", "Liên hệ cơ quan cấp thiết bị để mở khóa."
	case e.Final:
		return "Chỉ còn một lần thử PIN cuối cùng.", ask + "; gõ PIN và Enter nữa là thử lần cuối, sai thì thiết bị bị khóa."
	case e.Left >= 0:
		return fmt.Sprintf("Sai mã PIN, còn %d lần thử.", e.Left), ask + "; hết lượt thử thiết bị sẽ bị khóa."
	}
	return "Sai mã PIN.", ask + "; thiết bị không cho biết còn mấy lần thử."
}

var _ typist = (*signing)(nil)
