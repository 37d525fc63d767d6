package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"vanthu/internal/edxml"
)

type packetPackVerb struct {
	Description string `arg:"" help:"Tệp JSON, cùng dạng với packet show --json; đường dẫn tệp kèm theo tính từ tệp này."`
	Out         string `required:"" placeholder:"TỆP" help:"Tệp edXML được tạo; chưa được có."`
}

// packed is the answer of packet pack.
type packed struct {
	Path     string   `json:"path"`
	Size     int64    `json:"size"`
	Warnings []string `json:"warnings,omitempty"`
}

// maxDescription bounds the JSON of a packet, in bytes; its files lie outside.
const maxDescription = 16 << 20

// Run writes a packet from its description.
func (v *packetPackVerb) Run(c *call) (err error) {
	view, err := readDescription(c.path(v.Description))
	if err != nil {
		return err
	}
	path := c.path(v.Out)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	warnings, err := view.write(c, f, filepath.Dir(c.path(v.Description)))
	size, serr := f.Seek(0, io.SeekCurrent)
	if err = errors.Join(err, serr, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return c.say(packed{path, size, warnings}, func(w io.Writer) {
		fmt.Fprintf(w, "%s (%d byte)\n", path, size)
		for _, warning := range warnings {
			field(w, "Lưu ý", warning)
		}
	})
}

func readDescription(path string) (packetView, error) {
	var view packetView
	f, err := os.Open(path)
	if err != nil {
		return view, err
	}
	defer f.Close()
	d := json.NewDecoder(io.LimitReader(f, maxDescription))
	d.DisallowUnknownFields()
	if err := d.Decode(&view); err != nil {
		return view, badUsage("%s không phải mô tả gói tin: %v", path, err)
	}
	if (view.Document == nil) == (view.Status == nil) {
		return view, badUsage("%s: cần đúng một trong hai mục document và status", path)
	}
	return view, nil
}

// write writes the packet and tells what receivers may not like in it; the
// files of attachments are found from dir.
func (p packetView) write(c *call, w io.Writer, dir string) (warnings []string, err error) {
	if p.Status != nil {
		s := p.Status.status()
		return s.Warnings(), edxml.WriteStatus(w, s)
	}
	d, err := p.Document.document(dir)
	if err != nil {
		return nil, err
	}
	if err := c.refuseSecretPacket(d); err != nil {
		return nil, err
	}
	return d.Warnings(), edxml.WriteDocument(w, d)
}

// sizeOf is the size of a file; what is none is of class errNotFile.
func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s: %w", path, errNotFile)
	}
	return info.Size(), nil
}
