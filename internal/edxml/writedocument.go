package edxml

import (
	"io"

	"vanthu/internal/document"
)

// WriteDocument writes d in the form of the official sample edoc_new.edxml:
// prefixed, in its order of elements, the same bytes for the same values.
// Attachments are read once each and stream through. Values that make no valid
// packet are refused before the first byte (ErrIncomplete).
func WriteDocument(w io.Writer, d Document) error {
	if err := d.Check(); err != nil {
		return err
	}
	files := parts(d.Attachments)
	p := newPrinter(w)
	var failed error
	err := p.packet(func() { p.envelope(d, files) }, func() { failed = p.attachments(files) })
	if failed != nil {
		return failed
	}
	return err
}

func (p *printer) envelope(d Document, files []part) {
	p.in("edXMLHeader", func() {
		p.message(d)
		p.traces(d)
	})
	p.in("edXMLBody", func() { p.manifest(files) })
}

func (p *printer) message(d Document) {
	p.in("MessageHeader", func() {
		p.agency("From", d.From)
		for _, to := range d.To {
			p.agency("To", to)
		}
		p.text("DocumentId", d.ID)
		p.in("Code", func() {
			p.text("CodeNumber", d.Code.Number)
			p.text("CodeNotation", d.Code.Notation)
		})
		p.in("PromulgationInfo", func() {
			p.text("Place", d.Place)
			p.text("PromulgationDate", d.Date.Axis())
		})
		p.in("DocumentType", func() {
			p.number("Type", d.Type.Type)
			p.number("TypeDetail", d.Type.Detail)
			p.text("TypeName", d.Type.Name)
		})
		p.text("Subject", d.Subject)
		p.optional("Content", d.Content)
		p.signer(d.Signer)
		p.optional("DueDate", dateText(d.Due, d.DueRaw))
		p.other(d.Other)
		p.links(d)
	})
}

func (p *printer) signer(s document.Signer) {
	p.in("SignerInfo", func() {
		p.optional("Competence", s.Competence)
		p.text("Position", s.Position)
		p.text("FullName", s.Name)
	})
}

func (p *printer) other(o Other) {
	p.in("OtherInfo", func() {
		p.number("Priority", int(o.Urgency))
		p.optional("SphereOfPromulgation", o.Sphere)
		p.optional("TyperNotation", o.TyperNotation)
		p.number("PromulgationAmount", o.Amount)
		p.number("PageAmount", o.Pages)
		p.optional("ReplyFors", o.ReplyFors)
		if o.Direction != nil && *o.Direction {
			p.text("Direction", "true")
		} else if o.Direction != nil {
			p.text("Direction", "false")
		}
		p.optional("ReferenceCodes", o.References)
		p.list("Appendixes", "Appendix", o.Appendixes)
	})
}

// links writes what stands last in the header: the documents answered, the
// steering (never empty: the reference library fails on that), the places and,
// in no sample and therefore at the very end, tasks and application.
func (p *printer) links(d Document) {
	for i, ref := range d.ResponseFor {
		raw := ""
		if i < len(d.ResponseRaw) {
			raw = d.ResponseRaw[i]
		}
		p.ref(ref, raw)
	}
	if d.Steering != nil {
		p.number("SteeringType", *d.Steering)
	}
	p.list("ToPlaces", "Place", d.ToPlaces)
	p.list("ResponseForTask", "TaskCode", d.Tasks)
	p.optional("ApplicationType", d.Application)
}

func (p *printer) list(name, item string, values []string) {
	if len(values) == 0 {
		return
	}
	p.in(name, func() {
		for _, v := range values {
			p.text(item, v)
		}
	})
}

// traces writes the hops, of which the standard wants one at least: a packet
// without any begins at its sender, on the day of the document.
func (p *printer) traces(d Document) {
	hops := d.Traces
	if len(hops) == 0 {
		hops = []Trace{{Organ: string(d.From.Code), Time: d.Date.Time().Format(timeLayout)}}
	}
	p.in("TraceHeaderList", func() {
		for _, t := range hops {
			p.in("TraceHeader", func() {
				p.optional("OrganId", t.Organ)
				p.text("Timestamp", t.Time)
			})
		}
		p.business(d.Business)
	})
}

func (p *printer) business(b Business) {
	p.in("Bussiness", func() {
		p.optional("DocumentId", b.DocumentID)
		p.number("BussinessDocType", b.Type)
		p.text("BussinessDocReason", b.Reason)
		p.bit("Paper", b.Paper)
		if b.Changes != nil {
			p.changes(*b.Changes)
		}
		p.replaces(b.Replaces)
		p.staff(b.Staff)
	})
}

func (p *printer) changes(c Changes) {
	p.in("BussinessDocumentInfo", func() {
		p.bit("DocumentInfo", c.Document)
		p.bit("DocumentReceiver", c.Receivers)
		if len(c.List) == 0 {
			return
		}
		p.in("ReceiverList", func() {
			for _, r := range c.List {
				p.in("Receiver", func() {
					p.text("OrganId", string(r.Organ))
					p.number("ReceiverType", r.Kind)
				})
			}
		})
	})
}

func (p *printer) replaces(all []Replacement) {
	if len(all) == 0 {
		return
	}
	p.in("ReplacementInfoList", func() {
		for _, r := range all {
			p.in("ReplacementInfo", func() {
				p.text("DocumentId", r.DocumentID)
				p.in("OrganIdList", func() {
					for _, organ := range r.Organs {
						p.text("OrganId", string(organ))
					}
				})
			})
		}
	})
}
