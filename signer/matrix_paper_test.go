package signer

import (
	"bytes"
	"fmt"
	"strings"
)

// paper writes PDFs of every shape by hand: what sheet cannot do.
type paper struct {
	header  string // "%PDF-1.4" when empty
	before  string // bytes before the header
	after   string // bytes after %%EOF
	eol     string // "\n" when empty
	catalog string // further entries of the catalog
	pages   string // of the page tree
	page    string // of each page
	box     string // MediaBox, A4 when empty
	text    string // content of each page; a line when empty
	count   int    // pages, 1 when 0
	fanout  int    // pages under one node of the tree; 0: all under one
	trailer string // further entries of the trailer
	info    bool
	objs    []string // bodies of further objects, from number 6 on
	compact bool     // cross-reference stream instead of a table
	hybrid  bool     // the font stands in an object stream that only /XRefStm knows
	first   string   // body of the page object when it is to be another one
}

// paperLine is what stands on a page.
const (
	paperLine  = "BT /F1 14 Tf 100 500 Td (Hello clerk: number and date) Tj ET"
	lineLength = len(paperLine)
)

// bodies are the objects from number 1 on: catalog, tree, page, font, content,
// then objs, information, the other pages and nodes.
func (p paper) bodies() []string {
	box, text := p.box, p.text
	if box == "" {
		box = "[0 0 595 842]"
	}
	if text == "" {
		text = paperLine
	}
	page := func(parent int) string {
		return fmt.Sprintf("<< /Type /Page /Parent %d 0 R /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R %s >>", parent, p.page)
	}
	out := append([]string{
		"<< /Type /Catalog /Pages 2 0 R " + p.catalog + " >>", "", p.first,
		"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>", fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(text), text),
	}, p.objs...)
	if p.info {
		out = append(out, "<< /Title (Kept) /Producer (paper) >>")
	}
	n := max(p.count, 1)
	kids := []string{"3 0 R"}
	parent := 2
	if p.fanout > 0 {
		out = append(out, "")
		parent = len(out)
		kids = nil
	}
	if out[2] == "" {
		out[2] = page(parent)
	}
	group := []string{"3 0 R"}
	for i := 1; i < n; i++ {
		if p.fanout > 0 && len(group) == p.fanout {
			out[parent-1] = node(2, group)
			kids = append(kids, fmt.Sprintf("%d 0 R", parent))
			out = append(out, "")
			parent, group = len(out), nil
		}
		out = append(out, page(parent))
		ref := fmt.Sprintf("%d 0 R", len(out))
		if group = append(group, ref); p.fanout == 0 {
			kids = append(kids, ref)
		}
	}
	if p.fanout > 0 {
		out[parent-1] = node(2, group)
		kids = append(kids, fmt.Sprintf("%d 0 R", parent))
	}
	out[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d /MediaBox %s %s >>", strings.Join(kids, " "), n, box, p.pages)
	return out
}

func node(parent int, kids []string) string {
	return fmt.Sprintf("<< /Type /Pages /Parent %d 0 R /Kids [%s] /Count %d >>", parent, strings.Join(kids, " "), len(kids))
}

func (p paper) build() []byte {
	eol, header := p.eol, p.header
	if eol == "" {
		eol = "\n"
	}
	if header == "" {
		header = "%PDF-1.4"
	}
	var b bytes.Buffer
	b.WriteString(p.before + header + eol + "%\xE2\xE3\xCF\xD3" + eol)
	bodies := p.bodies()
	offsets := make([]int, len(bodies)+1)
	for i, body := range bodies {
		if p.hybrid && i+1 == 4 {
			continue
		}
		offsets[i+1] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj%s%s%sendobj%s", i+1, eol, body, eol, eol)
	}
	trailer := fmt.Sprintf("/Root 1 0 R /ID [<0123456789ABCDEF0123456789ABCDEF> <0123456789ABCDEF0123456789ABCDEF>] %s", p.trailer)
	if p.info {
		trailer += fmt.Sprintf(" /Info %d 0 R", 6+len(p.objs))
	}
	at := p.crossReference(&b, eol, trailer, offsets, bodies)
	fmt.Fprintf(&b, "startxref%s%d%s%%%%EOF%s", eol, at, eol, p.after)
	return b.Bytes()
}

// crossReference writes a table, a stream or both, and tells where.
func (p paper) crossReference(b *bytes.Buffer, eol, trailer string, offsets []int, bodies []string) int {
	size := len(offsets)
	if p.compact {
		at := b.Len()
		offsets = append(offsets, at)
		var rows bytes.Buffer
		for i, o := range offsets {
			rows.Write([]byte{byte(min(i, 1)), byte(o >> 16), byte(o >> 8), byte(o), 0})
		}
		fmt.Fprintf(b, "%d 0 obj%s<< /Type /XRef /Size %d /W [1 3 1] %s /Length %d >>\nstream\n%s\nendstream%sendobj%s", size, eol, size+1, trailer, rows.Len(), rows.String(), eol, eol)
		return at
	}
	if p.hybrid {
		trailer += fmt.Sprintf(" /XRefStm %d", p.hiddenFont(b, offsets, bodies[3]))
		size += 2
	}
	at := b.Len()
	fmt.Fprintf(b, "xref%s0 %d%s0000000000 65535 f%s", eol, len(offsets), eol, pad(eol))
	for _, o := range offsets[1:] {
		if o == 0 {
			fmt.Fprintf(b, "0000000000 00000 f%s", pad(eol))
			continue
		}
		fmt.Fprintf(b, "%010d 00000 n%s", o, pad(eol))
	}
	fmt.Fprintf(b, "trailer%s<< /Size %d %s >>%s", eol, size, trailer, eol)
	return at
}

// pad makes the two bytes that end a line of a table.
func pad(eol string) string {
	if len(eol) == 2 {
		return eol
	}
	return " " + eol
}

// hiddenFont writes object 4 into an object stream, and the stream that names it.
func (p paper) hiddenFont(b *bytes.Buffer, offsets []int, font string) int {
	n := len(offsets)
	stm := b.Len()
	head := "4 0 "
	fmt.Fprintf(b, "%d 0 obj\n<< /Type /ObjStm /N 1 /First %d /Length %d >>\nstream\n%s%s\nendstream\nendobj\n", n, len(head), len(head)+len(font), head, font)
	at := b.Len()
	rows := []byte{2, 0, byte(n >> 8), byte(n), 0, 1, byte(stm >> 16), byte(stm >> 8), byte(stm), 0, 1, byte(at >> 16), byte(at >> 8), byte(at), 0}
	fmt.Fprintf(b, "%d 0 obj\n<< /Type /XRef /Size %d /W [1 3 1] /Index [4 1 %d 2] /Length %d >>\nstream\n%s\nendstream\nendobj\n", n+1, n+2, n, len(rows), rows)
	return at
}
