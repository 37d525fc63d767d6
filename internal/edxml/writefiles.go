package edxml

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// part is an attachment as it stands in the packet: its id is not empty and
// not that of another one.
type part struct {
	Attachment
	id, name string
}

// parts names the attachments: by their own id where it is the first of its
// kind, else by their place.
func parts(files []Attachment) []part {
	all, taken := make([]part, len(files)), map[string]bool{"": true}
	for i, a := range files {
		all[i] = part{Attachment: a, name: document.CleanName(a.Name)}
		if !taken[a.ID] {
			all[i].id, taken[a.ID] = a.ID, true
		}
	}
	for i := range all {
		for n := i + 1; all[i].id == ""; n += len(all) {
			if id := "att-" + strconv.Itoa(n); !taken[id] {
				all[i].id, taken[id] = id, true
			}
		}
	}
	return all
}

// manifest lists the attachments. The reference library always says
// application/zip here, whatever the attachment says.
func (p *printer) manifest(files []part) {
	p.in("edXMLManifest", func() {
		for _, f := range files {
			p.in("Reference", func() {
				p.text("ContentId", "cid:"+f.id)
				p.text("ContentType", "application/zip")
				p.optional("Description", f.Description)
				p.text("AttachmentName", f.name)
			})
		}
	}, ` version="1.0"`)
}

func (p *printer) attachments(files []part) (err error) {
	if len(files) == 0 {
		return nil
	}
	encoded := newEncoder(p.w)
	p.in("AttachmentEncoded", func() {
		for _, f := range files {
			if err == nil {
				err = p.attachment(f, encoded)
			}
		}
	})
	return err
}

func (p *printer) attachment(f part, encoded *encoder) error {
	content, err := f.Open()
	if err != nil {
		return fmt.Errorf("attachment %q: %w", f.name, err)
	}
	defer content.Close()
	r := bufio.NewReaderSize(content, headerPeek)
	head, _ := r.Peek(headerPeek)
	wrap := wraps(f.name, head)
	counted := &counter{r: r}
	p.in("Attachment", func() {
		p.labels(f, wrap)
		p.line(`<edXML:` + contentElement + ` xmlns:edXML="` + Namespace + `">`)
		err = encode(encoded, f.name, counted, wrap)
		p.w.WriteString("</edXML:" + contentElement + ">")
	})
	if err == nil && f.Size > 0 && counted.n != f.Size {
		err = fmt.Errorf("%d bytes instead of %d: %w", counted.n, f.Size, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return fmt.Errorf("attachment %q: %w", f.name, err)
	}
	return nil
}

func (p *printer) labels(f part, wrapped bool) {
	p.text("ContentId", "cid:"+f.id)
	p.text("AttachmentName", f.name)
	p.optional("Description", f.Description)
	p.text("ContentType", wireType(f.name, wrapped))
}

// counter counts what is read: a file that changed since its size was taken
// must not go out.
type counter struct {
	r io.Reader
	n int64
}

// Read reads on.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// headerPeek is enough of a file to see a ZIP's first entry.
const headerPeek = 512

// wraps tells which files travel inside a ZIP with one entry: all but four
// kinds, as in the reference library, for that is what its parser undoes. What
// would be taken for such a wrapping by our own reader or for a bare file by
// the library's is judged by its first bytes.
func wraps(name string, head []byte) bool {
	isZip := bytes.HasPrefix(head, zipMagic)
	switch {
	case extension(name) == ".zip":
		return false
	case plain(name):
		return isZip && !officePart(firstEntry(head))
	case archive(name):
		return isZip
	}
	return true
}

// firstEntry is the name in the local header that a ZIP begins with.
func firstEntry(head []byte) string {
	const fixed = 30
	if len(head) < fixed {
		return ""
	}
	length := int(binary.LittleEndian.Uint16(head[26:]))
	return string(head[fixed:min(fixed+length, len(head))])
}

// wireType is the ContentType the reference library gives a file.
func wireType(name string, wrapped bool) string {
	if wrapped {
		return "application/zip"
	}
	return "application/" + strings.TrimPrefix(extension(name), ".")
}

// encode writes the content, packed where it is to be wrapped.
func encode(encoded *encoder, name string, r io.Reader, wrap bool) (err error) {
	if wrap {
		err = pack(encoded, name, r)
	} else {
		_, err = encoded.ReadFrom(r)
	}
	if err != nil {
		return err
	}
	return encoded.Close()
}

// pack writes a ZIP with one entry and no time of its own, so that the same
// file always gives the same bytes.
func pack(w io.Writer, name string, r io.Reader) error {
	z := zip.NewWriter(w)
	entry, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, r); err != nil {
		return err
	}
	return z.Close()
}
