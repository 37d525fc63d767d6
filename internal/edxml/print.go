package edxml

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// printer writes the one form that every receiver takes: lines ended and
// indented as the reference library does, the prefix edXML from the envelope
// down. Errors of the writer stick and come out of flush.
type printer struct {
	w      *bufio.Writer
	depth  int
	prefix string
	nodes  int  // elements so far
	long   bool // a text was longer than our own reader takes
}

func newPrinter(w io.Writer) *printer {
	return &printer{w: bufio.NewWriterSize(w, 32<<10), prefix: "edXML:"}
}

// line writes one line of the packet; the last line has no end, since a server
// strips one CRLF from what it receives before it checks the hash (axis.md §1.4).
func (p *printer) line(s string) {
	p.w.WriteString("\r\n")
	for range p.depth {
		p.w.WriteString("  ")
	}
	p.w.WriteString(s)
}

// in writes an element with children; attrs, when given, start with a space.
func (p *printer) in(name string, body func(), attrs ...string) {
	p.nodes++
	p.line("<" + p.prefix + name + strings.Join(attrs, "") + ">")
	p.depth++
	body()
	p.depth--
	p.line("</" + p.prefix + name + ">")
}

// text writes an element with text, also when the text is empty.
func (p *printer) text(name, value string) {
	p.nodes++
	p.long = p.long || len(value) > maxText
	p.line("<" + p.prefix + name + ">" + escape(value) + "</" + p.prefix + name + ">")
}

// optional writes an element only when it has text: empty elements make some
// receivers fail.
func (p *printer) optional(name, value string) {
	if value != "" {
		p.text(name, value)
	}
}

func (p *printer) number(name string, n int) { p.text(name, strconv.Itoa(n)) }

func (p *printer) bit(name string, on bool) {
	if on {
		p.text(name, "1")
	} else {
		p.text(name, "0")
	}
}

// packet writes declaration, root and envelope around header, and after the
// envelope what after writes.
func (p *printer) packet(header, after func()) error {
	p.w.WriteString(`<?xml version="1.0" encoding="UTF-8"?>`)
	p.line(`<edXML xmlns="` + Namespace + `">`)
	p.depth++
	p.in("edXMLEnvelope", header, ` xmlns:edXML="`+Namespace+`"`)
	p.prefix = ""
	after()
	p.depth--
	p.line("</edXML>")
	return p.w.Flush()
}

func (p *printer) agency(name string, a document.Agency) {
	p.in(name, func() {
		p.text("OrganId", string(a.Code))
		p.optional("OrganizationInCharge", a.InCharge)
		p.text("OrganName", a.Name)
		p.optional("OrganAdd", a.Address)
		p.optional("Email", a.Email)
		p.optional("Telephone", a.Phone)
		p.optional("Fax", a.Fax)
		p.optional("Website", a.Website)
	})
}

func (p *printer) ref(r document.Ref, raw string) {
	p.in("ResponseFor", func() {
		p.text("OrganId", string(r.Organ))
		p.text("Code", r.Reference.String())
		p.text("DocumentId", r.ID)
		p.text("PromulgationDate", dateText(r.Date, raw))
	})
}

// dateText is a date as packets write it, or the text it was read from.
func dateText(d document.Date, raw string) string {
	if d.IsZero() {
		return raw
	}
	return d.Axis()
}

func (p *printer) staff(s document.Staff) {
	if s == (document.Staff{}) {
		return
	}
	p.in("StaffInfo", func() {
		p.optional("Department", s.Department)
		p.optional("DepartmentId", s.DepartmentID)
		p.optional("Staff", s.Name)
		p.optional("StaffId", s.ID)
		p.optional("Email", s.Email)
		p.optional("Mobile", s.Mobile)
	})
}

// escape makes text safe in XML. Carriage returns are written as references,
// for a parser would turn them into line feeds; what XML cannot hold at all is
// left out.
func escape(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '\r':
			b.WriteString("&#13;")
		case r == '\t', r == '\n', r >= 0x20 && r != 0xFFFE && r != 0xFFFF:
			b.WriteRune(r)
		}
	}
	return b.String()
}
