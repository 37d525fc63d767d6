package edxml

import (
	"io"

	"vanthu/internal/document"
)

// WriteStatus writes s in the form of the official sample status.edxml: header
// only, no To, no traces, no body. Values that make no valid report are refused
// before the first byte (ErrIncomplete).
func WriteStatus(w io.Writer, s Status) error {
	if err := s.Check(); err != nil {
		return err
	}
	p := newPrinter(w)
	return p.packet(func() { p.report(s) }, func() {})
}

func (p *printer) report(s Status) {
	p.in("edXMLHeader", func() {
		p.in("MessageHeader", func() {
			p.agency("From", s.From)
			p.ref(s.For, s.ForRaw)
			p.staff(s.Staff)
			p.text("StatusCode", string(s.Code))
			p.text("Description", s.Description)
			p.text("Timestamp", s.Time.In(document.Zone()).Format(timeLayout))
		})
	})
}
