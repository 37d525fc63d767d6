package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/savefile"
)

// packetView is an edXML packet as packet show prints it and packet pack
// takes it: exactly one of Document and Status.
type packetView struct {
	Document *documentView `json:"document,omitempty"`
	Status   *statusView   `json:"status,omitempty"`
	Warnings []string      `json:"warnings,omitempty"`
}

type documentView struct {
	ID          string             `json:"id"`
	From        document.Agency    `json:"from"`
	To          []document.Agency  `json:"to"`
	Code        document.Reference `json:"code"`
	Place       string             `json:"place,omitempty"`
	Date        document.Date      `json:"date,omitzero"`
	DateRaw     string             `json:"dateRaw,omitempty"`
	TypeName    string             `json:"typeName"`
	Subject     string             `json:"subject"`
	Content     string             `json:"content,omitempty"`
	Signer      document.Signer    `json:"signer"`
	Due         document.Date      `json:"due,omitzero"`
	Urgency     document.Urgency   `json:"urgency"`
	Pages       int                `json:"pages,omitempty"`
	Copies      int                `json:"copies,omitempty"`
	ReplyFor    []document.Ref     `json:"replyFor,omitempty"`
	ToPlaces    []string           `json:"toPlaces,omitempty"`
	Business    businessView       `json:"business"`
	Attachments []attachmentView   `json:"attachments"`
}

type businessView struct {
	Type       int            `json:"type"`
	DocumentID string         `json:"documentID,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	Paper      bool           `json:"paper,omitempty"`
	Staff      document.Staff `json:"staff,omitzero"`
}

type attachmentView struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	Size        int64  `json:"size,omitempty"`
	Path        string `json:"path,omitempty"` // the file on disk: written by show --files, read by pack
}

type statusView struct {
	From        document.Agency `json:"from"`
	For         document.Ref    `json:"for"`
	Staff       document.Staff  `json:"staff,omitzero"`
	Code        document.Status `json:"code"`
	Description string          `json:"description,omitempty"`
	Time        *time.Time      `json:"time,omitempty"`
}

type packetShowVerb struct {
	File  string `arg:"" help:"Tệp edXML."`
	Files string `placeholder:"THƯ-MỤC" help:"Lưu các tệp kèm theo vào thư mục này."`
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
	if p.Document != nil {
		if err := c.refuseSecretPacket(*p.Document); err != nil {
			return err
		}
	}
	view, err := v.view(c, p)
	if err != nil {
		return err
	}
	return c.say(view, func(w io.Writer) { printPacket(w, view) })
}

func (v *packetShowVerb) view(c *call, p *edxml.Packet) (packetView, error) {
	view := packetView{Warnings: p.Warnings}
	if s := p.Status; s != nil {
		view.Status = &statusView{From: s.From, For: s.For, Staff: s.Staff, Code: s.Code, Description: s.Description}
		if !s.Time.IsZero() {
			view.Status.Time = &s.Time
		}
		return view, nil
	}
	d := p.Document
	view.Document = &documentView{ID: d.ID, From: d.From, To: d.To, Code: d.Code, Place: d.Place, Date: d.Date, DateRaw: d.DateRaw,
		TypeName: d.Type.Name, Subject: d.Subject, Content: d.Content, Signer: d.Signer, Due: d.Due, Urgency: d.Other.Urgency,
		Pages: d.Other.Pages, Copies: d.Other.Amount, ReplyFor: d.ResponseFor, ToPlaces: d.ToPlaces, Attachments: []attachmentView{},
		Business: businessView{d.Business.Type, d.Business.DocumentID, d.Business.Reason, d.Business.Paper, d.Business.Staff}}
	for _, a := range d.Attachments {
		one := attachmentView{Name: a.Name, Description: a.Description, ContentType: a.ContentType, Size: a.Size}
		if v.Files != "" {
			var err error
			if one.Path, err = saveAttachment(a, c.path(v.Files)); err != nil {
				return view, err
			}
		}
		view.Document.Attachments = append(view.Document.Attachments, one)
	}
	return view, nil
}

// saveAttachment writes an attachment under its safe name, never over a file.
func saveAttachment(a edxml.Attachment, dir string) (string, error) {
	r, err := a.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	return savefile.Write(dir, document.CleanName(a.Name), r)
}

func printPacket(w io.Writer, p packetView) {
	for _, warning := range p.Warnings {
		field(w, "Lưu ý", warning)
	}
	if s := p.Status; s != nil {
		field(w, "Trạng thái", fmt.Sprintf("%s %s", s.Code, s.Code.Name()))
		field(w, "Của", fmt.Sprintf("%s (%s)", s.From.Name, s.From.Code))
		field(w, "Về văn bản", fmt.Sprintf("%s, %s, %s", s.For.Reference, s.For.Date, s.For.ID))
		field(w, "Nội dung", s.Description)
		return
	}
	d := p.Document
	field(w, "Văn bản", fmt.Sprintf("%s %s: %s", d.TypeName, d.Code, d.Subject))
	field(w, "Mã định danh", d.ID)
	field(w, "Ngày", d.Date)
	field(w, "Nơi gửi", fmt.Sprintf("%s (%s)", d.From.Name, d.From.Code))
	for _, a := range d.To {
		field(w, "Nơi nhận", fmt.Sprintf("%s (%s)", a.Name, a.Code))
	}
	field(w, "Người ký", d.Signer)
	field(w, "Độ khẩn", d.Urgency)
	for _, a := range d.Attachments {
		field(w, "Tệp", fmt.Sprintf("%s (%d byte)", a.Name, a.Size))
	}
}

type packetPackVerb struct {
	Description string `arg:"" help:"Tệp JSON, cùng dạng với packet show --json; đường dẫn tệp kèm theo tính từ tệp này."`
	Out         string `required:"" placeholder:"TỆP" help:"Tệp edXML được tạo; chưa được có."`
}

// packed is the answer of packet pack.
type packed struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// maxDescription bounds the JSON of a packet, in bytes; its files lie outside.
const maxDescription = 1 << 20

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
	err = view.write(c, f, filepath.Dir(c.path(v.Description)))
	size, serr := f.Seek(0, io.SeekCurrent)
	if err = errors.Join(err, serr, f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return c.sayf(packed{path, size}, "%s (%d byte)", path, size)
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

// write writes the packet; the files of attachments are found from dir.
func (p packetView) write(c *call, w io.Writer, dir string) error {
	if s := p.Status; s != nil {
		out := edxml.Status{From: s.From, For: s.For, Staff: s.Staff, Code: s.Code, Description: s.Description}
		if s.Time != nil {
			out.Time = *s.Time
		}
		return edxml.WriteStatus(w, out)
	}
	d := p.Document
	t, _ := document.TypeByName(d.TypeName)
	out := edxml.Document{ID: d.ID, From: d.From, To: d.To, Code: d.Code, Place: d.Place, Date: d.Date, Subject: d.Subject,
		Type: edxml.TypeInfo{Type: 2, Detail: t.List, Name: d.TypeName}, Content: d.Content, Signer: d.Signer, Due: d.Due,
		Other: edxml.Other{Urgency: d.Urgency, Pages: d.Pages, Amount: d.Copies}, ResponseFor: d.ReplyFor, ToPlaces: d.ToPlaces,
		Business: edxml.Business{Type: d.Business.Type, DocumentID: d.Business.DocumentID, Reason: d.Business.Reason,
			Paper: d.Business.Paper, Staff: d.Business.Staff}}
	for _, a := range d.Attachments {
		path := a.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		info, err := os.Stat(path)
		if err == nil && !info.Mode().IsRegular() {
			err = fmt.Errorf("%s: %w", path, errNotFile)
		}
		if err != nil {
			return err
		}
		out.Attachments = append(out.Attachments, edxml.Attachment{Name: document.CleanName(a.Name), Description: a.Description,
			Size: info.Size(), Open: func() (io.ReadCloser, error) { return os.Open(path) }})
	}
	if err := c.refuseSecretPacket(out); err != nil {
		return err
	}
	return edxml.WriteDocument(w, out)
}
