package cli

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// packetView is an edXML packet as packet show prints it and packet pack
// takes it: exactly one of Document and Status. Every element of a packet has
// its key, and what one verb prints the other takes.
type packetView struct {
	Document *documentView `json:"document,omitempty"`
	Status   *statusView   `json:"status,omitempty"`
	Sealed   bool          `json:"sealed,omitempty"`   // an XML signature was there; the axis breaks each; never written
	Warnings []string      `json:"warnings,omitempty"` // of the reader; not taken by pack
}

// What is named Raw is the text beside a date; pack takes it where the date is
// missing.
type documentView struct {
	ID          string             `json:"id"`
	From        document.Agency    `json:"from"`
	To          []document.Agency  `json:"to"`
	Code        document.Reference `json:"code"`
	Place       string             `json:"place,omitempty"`
	Date        document.Date      `json:"date,omitzero"`
	DateRaw     string             `json:"dateRaw,omitempty"`
	Type        *int               `json:"type,omitempty"`       // both numbers missing: packed as an administrative
	TypeDetail  *int               `json:"typeDetail,omitempty"` // document with the number of list B
	TypeName    string             `json:"typeName"`
	Subject     string             `json:"subject"`
	Content     string             `json:"content,omitempty"`
	Signer      document.Signer    `json:"signer"`
	Due         document.Date      `json:"due,omitzero"`
	DueRaw      string             `json:"dueRaw,omitempty"`
	Urgency     document.Urgency   `json:"urgency"`
	Sphere      string             `json:"sphere,omitempty"`
	Typist      string             `json:"typerNotation,omitempty"`
	Pages       int                `json:"pages,omitempty"`
	Copies      int                `json:"copies,omitempty"`
	Direction   *bool              `json:"direction,omitempty"`
	ReplyFors   string             `json:"replyFors,omitempty"`
	References  string             `json:"referenceCodes,omitempty"`
	Appendixes  []string           `json:"appendixes,omitempty"`
	ReplyFor    []document.Ref     `json:"replyFor,omitempty"`
	ReplyForRaw []string           `json:"replyForDateRaw,omitempty"`
	Steering    *int               `json:"steering,omitempty"`
	ToPlaces    []string           `json:"toPlaces,omitempty"`
	Tasks       []string           `json:"tasks,omitempty"`
	Application string             `json:"application,omitempty"`
	Traces      []traceView        `json:"traces,omitempty"`
	Business    businessView       `json:"business"`
	Attachments []attachmentView   `json:"attachments"`
}

type traceView struct {
	Organ string `json:"organ,omitempty"`
	Time  string `json:"time"`
}

type businessView struct {
	Type       int               `json:"type"`
	DocumentID string            `json:"documentID,omitempty"`
	Reason     string            `json:"reason,omitempty"`
	Paper      bool              `json:"paper,omitempty"`
	Staff      document.Staff    `json:"staff,omitzero"`
	Changes    *changesView      `json:"changes,omitempty"`
	Replaces   []replacementView `json:"replaces,omitempty"`
}

type changesView struct {
	Document  bool           `json:"document"`
	Receivers bool           `json:"receivers"`
	List      []receiverView `json:"list,omitempty"`
}

type receiverView struct {
	Organ document.Code `json:"organ"`
	Kind  int           `json:"kind"`
}

type replacementView struct {
	DocumentID string          `json:"documentID"`
	Organs     []document.Code `json:"organs,omitempty"`
}

type attachmentView struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"contentType,omitempty"`
	Size        int64  `json:"size,omitempty"`
	Path        string `json:"path,omitempty"` // the file on disk: written by show --extract, read by pack
}

type statusView struct {
	From        document.Agency `json:"from"`
	For         document.Ref    `json:"for"`
	ForRaw      string          `json:"forDateRaw,omitempty"`
	Staff       document.Staff  `json:"staff,omitzero"`
	Code        document.Status `json:"code"`
	Description string          `json:"description,omitempty"`
	Time        *time.Time      `json:"time,omitempty"`
	TimeRaw     string          `json:"timeRaw,omitempty"`
}

// viewPacket is a packet without the contents of its files.
func viewPacket(p *edxml.Packet) packetView {
	view := packetView{Sealed: p.Sealed, Warnings: p.Warnings}
	if s := p.Status; s != nil {
		view.Status = &statusView{From: s.From, For: s.For, ForRaw: s.ForRaw, Staff: s.Staff, Code: s.Code, Description: s.Description, TimeRaw: s.TimeRaw}
		if !s.Time.IsZero() {
			view.Status.Time = &s.Time
		}
		return view
	}
	d := p.Document
	view.Document = &documentView{
		ID: d.ID, From: d.From, To: d.To, Code: d.Code, Place: d.Place, Date: d.Date, DateRaw: d.DateRaw,
		Type: &d.Type.Type, TypeDetail: &d.Type.Detail, TypeName: d.Type.Name, Subject: d.Subject, Content: d.Content, Signer: d.Signer,
		Due: d.Due, DueRaw: d.DueRaw, Urgency: d.Other.Urgency, Sphere: d.Other.Sphere, Typist: d.Other.TyperNotation, Pages: d.Other.Pages,
		Copies: d.Other.Amount, Direction: d.Other.Direction, ReplyFors: d.Other.ReplyFors, References: d.Other.References,
		Appendixes: d.Other.Appendixes, ReplyFor: d.ResponseFor, ReplyForRaw: d.ResponseRaw, Steering: d.Steering, ToPlaces: d.ToPlaces,
		Tasks: d.Tasks, Application: d.Application, Business: viewBusiness(d.Business), Attachments: []attachmentView{},
	}
	for _, t := range d.Traces {
		view.Document.Traces = append(view.Document.Traces, traceView(t))
	}
	for _, a := range d.Attachments {
		view.Document.Attachments = append(view.Document.Attachments,
			attachmentView{ID: a.ID, Name: a.Name, Description: a.Description, ContentType: a.ContentType, Size: a.Size})
	}
	return view
}

func viewBusiness(b edxml.Business) businessView {
	view := businessView{Type: b.Type, DocumentID: b.DocumentID, Reason: b.Reason, Paper: b.Paper, Staff: b.Staff}
	if c := b.Changes; c != nil {
		view.Changes = &changesView{Document: c.Document, Receivers: c.Receivers}
		for _, r := range c.List {
			view.Changes.List = append(view.Changes.List, receiverView(r))
		}
	}
	for _, r := range b.Replaces {
		view.Replaces = append(view.Replaces, replacementView(r))
	}
	return view
}

// status is the report to write.
func (v *statusView) status() edxml.Status {
	s := edxml.Status{From: v.From, For: v.For, ForRaw: v.ForRaw, Staff: v.Staff, Code: v.Code, Description: v.Description}
	if v.Time != nil {
		s.Time = *v.Time
	}
	return s
}

// document is the document to write; the files of attachments are found from
// dir.
func (v *documentView) document(dir string) (edxml.Document, error) {
	d := edxml.Document{
		ID: v.ID, From: v.From, To: v.To, Code: v.Code, Place: v.Place, Date: v.Date, DateRaw: v.DateRaw, Type: v.typeInfo(),
		Subject: v.Subject, Content: v.Content, Signer: v.Signer, Due: v.Due, DueRaw: v.DueRaw,
		Other: edxml.Other{
			Urgency: v.Urgency, Sphere: v.Sphere, TyperNotation: v.Typist, Pages: v.Pages, Amount: v.Copies,
			Direction: v.Direction, ReplyFors: v.ReplyFors, References: v.References, Appendixes: v.Appendixes,
		},
		ResponseFor: v.ReplyFor, ResponseRaw: v.ReplyForRaw, Steering: v.Steering, ToPlaces: v.ToPlaces, Tasks: v.Tasks,
		Application: v.Application, Business: v.Business.business(),
	}
	for _, t := range v.Traces {
		d.Traces = append(d.Traces, edxml.Trace(t))
	}
	for _, a := range v.Attachments {
		one, err := a.attachment(dir)
		if err != nil {
			return d, err
		}
		d.Attachments = append(d.Attachments, one)
	}
	return d, nil
}

func (v *documentView) typeInfo() edxml.TypeInfo {
	if v.Type == nil && v.TypeDetail == nil {
		const administrative = 2
		t, _ := document.TypeByName(v.TypeName)
		return edxml.TypeInfo{Type: administrative, Detail: t.List, Name: v.TypeName}
	}
	info := edxml.TypeInfo{Name: v.TypeName}
	if v.Type != nil {
		info.Type = *v.Type
	}
	if v.TypeDetail != nil {
		info.Detail = *v.TypeDetail
	}
	return info
}

func (v businessView) business() edxml.Business {
	b := edxml.Business{Type: v.Type, DocumentID: v.DocumentID, Reason: v.Reason, Paper: v.Paper, Staff: v.Staff}
	if c := v.Changes; c != nil {
		b.Changes = &edxml.Changes{Document: c.Document, Receivers: c.Receivers}
		for _, r := range c.List {
			b.Changes.List = append(b.Changes.List, edxml.Receiver(r))
		}
	}
	for _, r := range v.Replaces {
		b.Replaces = append(b.Replaces, edxml.Replacement(r))
	}
	return b
}

func (v attachmentView) attachment(dir string) (edxml.Attachment, error) {
	path := v.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	size, err := sizeOf(path)
	return edxml.Attachment{ID: v.ID, Name: document.CleanName(v.Name), Description: v.Description, Size: size,
		Open: func() (io.ReadCloser, error) { return os.Open(path) }}, err
}
