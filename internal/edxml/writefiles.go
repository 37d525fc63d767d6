package edxml

import (
	"archive/zip"
	"encoding/base64"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// manifest lists the attachments. The reference library always says
// application/zip here, whatever the attachment says.
func (p *printer) manifest(files []Attachment) {
	p.in("edXMLManifest", func() {
		for i, a := range files {
			p.in("Reference", func() {
				p.text("ContentId", contentID(a, i))
				p.text("ContentType", "application/zip")
				p.optional("Description", a.Description)
				p.text("AttachmentName", document.CleanName(a.Name))
			})
		}
	}, ` version="1.0"`)
}

func contentID(a Attachment, i int) string {
	if a.ID == "" {
		return "cid:att-" + strconv.Itoa(i+1)
	}
	return "cid:" + a.ID
}

func (p *printer) attachments(files []Attachment) (err error) {
	if len(files) == 0 {
		return nil
	}
	p.in("AttachmentEncoded", func() {
		for i, a := range files {
			if err == nil {
				err = p.attachment(a, i)
			}
		}
	})
	return err
}

func (p *printer) attachment(a Attachment, i int) (err error) {
	name := document.CleanName(a.Name)
	kind := wireType(name)
	p.in("Attachment", func() {
		p.text("ContentId", contentID(a, i))
		p.text("AttachmentName", name)
		p.optional("Description", a.Description)
		p.text("ContentType", kind)
		p.line(`<edXML:ContentTransferEncoded xmlns:edXML="` + Namespace + `">`)
		err = p.content(a, name, wrapped(name))
		p.w.WriteString("</edXML:ContentTransferEncoded>")
	})
	if err != nil {
		return fmt.Errorf("attachment %q: %w", name, err)
	}
	return nil
}

// wireType is the ContentType the reference library gives a file of that name.
func wireType(name string) string {
	if wrapped(name) {
		return "application/zip"
	}
	return "application/" + strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// wrapped tells which files travel inside a ZIP with one entry: all but four
// kinds, as in the reference library, for that is what its parser undoes.
func wrapped(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf", ".doc", ".docx", ".zip":
		return false
	}
	return true
}

func (p *printer) content(a Attachment, name string, wrap bool) error {
	r, err := a.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	enc := base64.NewEncoder(base64.StdEncoding, p.w)
	if wrap {
		err = pack(enc, name, r)
	} else {
		_, err = io.Copy(enc, r)
	}
	if err != nil {
		return err
	}
	return enc.Close()
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
