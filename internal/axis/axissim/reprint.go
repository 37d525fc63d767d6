package axissim

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"vanthu/internal/document"
)

// reprinter prints a packet anew as the real axis does (axis.md §3.8): comments
// and what stands before the declaration go, the name space of XML signatures
// and xlink attributes go, empty elements close themselves, and a TraceHeader
// without OrganId is appended. So no signature of the envelope survives, and a
// receiver gets other bytes than the sender gave.
//
// It works on the text, in constant memory: the packet has been read as edXML
// before and is well-formed.
type reprinter struct {
	in    *bufio.Reader
	out   *bufio.Writer
	trace string // moment of the hop
	open  string // a start tag not yet written: its element may turn out empty
}

const dsig = "http://www.w3.org/2000/09/xmldsig#"

// reprint copies a packet from r to w, adding the hop of that moment.
func reprint(w io.Writer, r io.Reader, at time.Time) error {
	p := &reprinter{in: bufio.NewReaderSize(r, 64<<10), out: bufio.NewWriterSize(w, 64<<10)}
	p.trace = at.In(document.Zone()).Format("2006/01/02 15:04:05")
	if err := p.start(); err != nil {
		return err
	}
	for {
		err := p.step()
		if err == io.EOF {
			return p.out.Flush()
		}
		if err != nil {
			return fmt.Errorf("reprint: %w", err)
		}
	}
}

// start passes over what stands before the first tag and writes a declaration.
func (p *reprinter) start() error {
	for {
		_, err := p.in.ReadSlice('<')
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
	p.out.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>`)
	return p.in.UnreadByte()
}

// step takes the text up to the next tag and the tag. io.EOF is the end.
func (p *reprinter) step() error {
	if err := p.text(); err != nil {
		return err
	}
	for begin, end := range map[string]string{"<!--": "-->", "<?": "?>"} {
		if head, _ := p.in.Peek(len(begin)); string(head) == begin {
			return p.until(end, false)
		}
	}
	const cdata = "<![CDATA["
	if head, _ := p.in.Peek(len(cdata)); string(head) == cdata {
		p.settle()
		return p.until("]]>", true)
	}
	tag, err := p.tag()
	if err != nil {
		return err
	}
	p.print(tag)
	return nil
}

// text copies up to the next '<'.
func (p *reprinter) text() error {
	for {
		chunk, err := p.in.ReadSlice('<')
		last := err == nil
		if last {
			chunk = chunk[:len(chunk)-1]
		}
		if len(chunk) > 0 {
			p.settle()
			p.out.Write(chunk)
		}
		if last {
			return p.in.UnreadByte()
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// until passes everything up to and with end, copying it if it is kept.
func (p *reprinter) until(end string, keep bool) error {
	var tail []byte
	for {
		c, err := p.in.ReadByte()
		if err != nil {
			return io.ErrUnexpectedEOF
		}
		if keep {
			p.out.WriteByte(c)
		}
		if tail = append(tail, c); len(tail) > len(end) {
			tail = tail[1:]
		}
		if string(tail) == end {
			return nil
		}
	}
}

// tag reads one tag; '>' may stand inside quotes.
func (p *reprinter) tag() (string, error) {
	var b strings.Builder
	var quote byte
	for {
		c, err := p.in.ReadByte()
		if err != nil {
			return "", io.ErrUnexpectedEOF
		}
		b.WriteByte(c)
		switch {
		case quote == 0 && c == '>':
			return b.String(), nil
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
}

// print writes a tag, or keeps a start tag back until more of its element is
// known.
func (p *reprinter) print(tag string) {
	name := strings.FieldsFunc(tag[1:len(tag)-1], func(r rune) bool { return strings.ContainsRune(" \t\r\n/", r) })[0]
	traces := name == "TraceHeaderList" || strings.HasSuffix(name, ":TraceHeaderList")
	switch closes, whole := strings.HasPrefix(tag, "</"), strings.HasSuffix(tag, "/>"); {
	case closes && p.open != "" && !traces:
		p.out.WriteString(strings.TrimSuffix(p.open, ">") + "/>")
		p.open = ""
	case closes:
		p.settle()
		if traces {
			p.hop(strings.TrimSuffix(name, "TraceHeaderList"))
		}
		p.out.WriteString("</" + name + ">")
	case whole && traces:
		p.settle()
		p.open = attributes(strings.TrimSuffix(tag, "/>") + ">")
		p.print("</" + name + ">")
	case whole:
		p.settle()
		p.out.WriteString(attributes(tag))
	default:
		p.settle()
		p.open = attributes(tag)
	}
}

// settle writes the start tag kept back: its element is not empty.
func (p *reprinter) settle() {
	p.out.WriteString(p.open)
	p.open = ""
}

// hop is the axis's own trace; since 2025 it names no centre.
func (p *reprinter) hop(prefix string) {
	fmt.Fprintf(p.out, "<%[1]sTraceHeader><%[1]sTimestamp>%[2]s</%[1]sTimestamp></%[1]sTraceHeader>", prefix, p.trace)
}

// attributes prints a start tag with one blank between what stays of its
// attributes.
func attributes(tag string) string {
	inner, end := strings.TrimSuffix(strings.TrimPrefix(tag, "<"), ">"), ">"
	if rest, ok := strings.CutSuffix(inner, "/"); ok {
		inner, end = rest, "/>"
	}
	inner = strings.TrimSpace(inner)
	name, rest := inner, ""
	if i := strings.IndexAny(inner, " \t\r\n"); i >= 0 {
		name, rest = inner[:i], strings.TrimSpace(inner[i:])
	}
	out := "<" + name
	for rest != "" {
		key, after, ok := strings.Cut(rest, "=")
		after = strings.TrimSpace(after)
		if !ok || after == "" {
			break
		}
		value, more, _ := strings.Cut(after[1:], after[:1])
		if key = strings.TrimSpace(key); !dropped(key, value) {
			out += " " + key + "=" + after[:1] + value + after[:1]
		}
		rest = strings.TrimSpace(more)
	}
	return out + end
}

func dropped(key, value string) bool {
	return key == "xmlns" && value == dsig || key == "xmlns:xlink" || strings.HasPrefix(key, "xlink:")
}

// deliveredPath is the file of what recipients get. There is none for packets
// taken in while Options.Reprint was off.
func (a *Axis) deliveredPath(docID string) string {
	return a.packetPath(docID + deliveredMark)
}

const deliveredMark = ".axis"

// deliveredOrSent is the file a recipient gets.
func (a *Axis) deliveredOrSent(docID string) string {
	if _, err := os.Stat(a.deliveredPath(docID)); err == nil {
		return a.deliveredPath(docID)
	}
	return a.packetPath(docID)
}

// printDelivery makes the file that recipients will get, durably.
func (a *Axis) printDelivery(m *message) error {
	from, err := os.Open(a.packetPath(m.DocID))
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.Create(a.deliveredPath(m.DocID))
	if err != nil {
		return err
	}
	if err := reprint(to, from, m.Sent); err != nil {
		return errors.Join(err, to.Close())
	}
	return errors.Join(to.Sync(), to.Close(), syncDir(a.packetDir()))
}
