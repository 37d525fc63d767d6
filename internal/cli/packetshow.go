package cli

import (
	"io"
	"os"

	"vanthu/internal/edxml"
	"vanthu/internal/savefile"
)

type packetShowVerb struct {
	File    string `arg:"" help:"Tệp edXML."`
	Extract string `aliases:"files" placeholder:"THƯ-MỤC" help:"Lưu các tệp kèm theo vào thư mục này; không ghi đè."`
}

// Run reads a packet the way the incoming desk does.
func (v *packetShowVerb) Run(c *call) error {
	f, err := c.openFile(v.File)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := edxml.Read(f, edxml.ReadOptions{})
	if err != nil {
		return err
	}
	defer p.Remove()
	view := viewPacket(p)
	if p.Document != nil {
		if err := c.refuseSecretPacket(*p.Document); err != nil {
			return err
		}
		if err := v.extract(c, p.Document.Attachments, view.Document.Attachments); err != nil {
			return err
		}
	}
	return c.say(view, func(w io.Writer) { printPacket(w, view) })
}

// extract saves the files where they are wanted and notes where they lie.
func (v *packetShowVerb) extract(c *call, files []edxml.Attachment, views []attachmentView) error {
	if v.Extract == "" {
		return nil
	}
	dir := c.path(v.Extract)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for i, a := range files {
		r, err := a.Open()
		if err != nil {
			return err
		}
		views[i].Path, err = savefile.Write(dir, a.Name, r)
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
