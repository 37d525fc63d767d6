package edxml

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"vanthu/internal/document"
)

// label is what the manifest or an attachment says about a file.
type label struct{ id, name, description, contentType string }

func readLabel(n *node) label {
	return label{
		id:          strings.TrimPrefix(n.get("ContentId"), "cid:"),
		name:        n.get("AttachmentName"),
		description: n.get("Description"),
		contentType: n.get("ContentType"),
	}
}

// readAttachments joins manifest and contents. They belong together by id
// (one client leaves out "cid:"), else by name, else by position.
func (p *Packet) readAttachments(root *node, files *spools) error {
	var manifest, found []label
	var contents []*spool
	root.kid("edXMLEnvelope").kid("edXMLBody").kid("edXMLManifest").each("Reference", func(n *node) {
		manifest = append(manifest, readLabel(n))
	})
	root.find("Attachment", func(n *node) { // wherever the sender put them
		found = append(found, readLabel(n))
		contents = append(contents, files.at(n.get(contentElement)))
	})
	for _, l := range slices.Concat(manifest, found) {
		if traverses(l.name) {
			return fmt.Errorf("%w: %.80q", ErrTraversal, l.name)
		}
	}
	for i, l := range found {
		a, err := p.attachment(l.merge(match(manifest, l, i)), contents[i], files)
		if err != nil {
			return err
		}
		p.Document.Attachments = append(p.Document.Attachments, a)
	}
	if missing := len(manifest) - len(found); missing > 0 {
		p.warn("Gói tin kê %d tệp nhưng chỉ có %d tệp kèm theo.", len(manifest), len(found))
	}
	return nil
}

// traverses tells whether a name would leave the folder it is saved in.
func traverses(name string) bool {
	for element := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if strings.TrimSpace(element) == ".." {
			return true
		}
	}
	return false
}

func match(manifest []label, l label, position int) label {
	for _, m := range manifest {
		if l.id != "" && m.id == l.id {
			return m
		}
	}
	for _, m := range manifest {
		if l.name != "" && m.name == l.name {
			return m
		}
	}
	if position < len(manifest) {
		return manifest[position]
	}
	return label{}
}

// merge fills what the attachment leaves out from the manifest.
func (l label) merge(m label) label {
	fill := func(s *string, from string) {
		if *s == "" {
			*s = from
		}
	}
	fill(&l.id, m.id)
	fill(&l.name, m.name)
	fill(&l.description, m.description)
	fill(&l.contentType, m.contentType)
	return l
}

// at finds the spool whose mark split left in the skeleton. What follows the
// mark stood behind a tag inside the content: no base64.
func (s *spools) at(text string) *spool {
	number, rest, ok := strings.Cut(text, endOfMark)
	i, err := strconv.Atoi(number)
	if !ok || err != nil || i < 0 || i >= len(s.all) {
		return nil
	}
	s.all[i].bad += int64(len(rest))
	return s.all[i]
}

func (p *Packet) attachment(l label, sp *spool, files *spools) (Attachment, error) {
	if sp == nil { // no content element at all, or an empty one
		var err error
		if sp, err = files.fill(func(io.Writer) error { return nil }); err != nil {
			return Attachment{}, err
		}
	}
	a := Attachment{ID: l.id, Description: l.description, ContentType: l.contentType}
	sp, inner, err := p.unwrap(l.name, sp, files)
	if err != nil {
		return Attachment{}, err
	}
	if l.name == "" {
		l.name = inner
	}
	a.Name, a.Path, a.Size = document.CleanName(l.name), sp.path, sp.size
	a.Open = func() (io.ReadCloser, error) { return os.Open(sp.path) }
	return a, p.judge(&a, sp)
}

// judge names the content by its first bytes, never by the label, and tells
// the clerk what looks wrong.
func (p *Packet) judge(a *Attachment, sp *spool) error {
	head, err := sp.head()
	if err != nil {
		return err
	}
	kind := sniff(head)
	a.ContentType = contentType(kind, a.Name, a.ContentType)
	switch {
	case sp.size == 0:
		p.warn("Tệp “%s” rỗng.", a.Name)
	case sp.bad > 0:
		p.warn("Tệp “%s” có nội dung hỏng (%d ký tự không phải base64).", a.Name, sp.bad)
	case promised(a.Name) != "" && replaced(head, kind):
		p.warn("Tệp “%s” đã hỏng trước khi gửi (ký tự bị thay thế).", a.Name)
	case !keepsPromise(a.Name, kind):
		p.warn("Nội dung tệp “%s” không đúng với loại tệp theo tên.", a.Name)
	}
	return nil
}

// headSize is enough for what sniff and replaced look at.
const headSize = 16 << 10

// replaced tells that a sender's software has taken bytes for text and put
// U+FFFD for what was none: then everything is valid UTF-8, which no file with
// compressed parts is. The comment in a PDF's second line does not count; some
// writers put U+FFFD there themselves.
func replaced(head []byte, kind string) bool {
	if kind == kindPDF {
		for range 2 {
			_, head, _ = bytes.Cut(head, []byte("\n"))
		}
	}
	return bytes.Contains(head, []byte("\uFFFD")) && utf8.Valid(head[:lastWhole(head)])
}

// lastWhole is where the last rune begins, which the end of head may have cut.
func lastWhole(b []byte) int {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			return i
		}
	}
	return len(b)
}

// head is the first bytes of the content.
func (sp *spool) head() ([]byte, error) {
	f, err := os.Open(sp.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, headSize)
	n, err := io.ReadFull(f, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

// Kinds of content that first bytes show.
const (
	kindPDF = "pdf"
	kindZIP = "zip" // also docx, xlsx, ...
	kindOLE = "ole" // doc, xls, ppt
	kindRTF = "rtf"
)

// sniff tells what bytes are, "" when they show nothing. A PDF may start after
// a little junk (ISO 32000 Annex H).
func sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, zipMagic):
		return kindZIP
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return kindOLE
	case bytes.HasPrefix(head, []byte(`{\rtf`)):
		return kindRTF
	case bytes.Contains(head[:min(len(head), 1024)], []byte("%PDF-")):
		return kindPDF
	}
	return ""
}

// promised is the kind that a name lets expect, "" for names that promise none.
func promised(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf":
		return kindPDF
	case ".docx", ".xlsx", ".pptx", ".zip":
		return kindZIP
	case ".doc", ".xls", ".ppt":
		return kindOLE
	}
	return ""
}

// keepsPromise tells whether content may stand under a name. Word saves RTF and
// docx under .doc without blinking.
func keepsPromise(name, kind string) bool {
	want := promised(name)
	return want == "" || want == kind || want == kindOLE && (kind == kindRTF || kind == kindZIP)
}

// contentType names content in the words of packets. A label is believed only
// when bytes and name show nothing against it.
func contentType(kind, name, label string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	switch {
	case kind == "" && promised(name) != "", kind == "" && strings.HasPrefix(label, "application/"):
		return "application/octet-stream"
	case kind == "":
		return label
	case promised(name) == kind:
		return "application/" + ext
	case kind == kindOLE:
		return "application/doc"
	}
	return "application/" + kind
}
