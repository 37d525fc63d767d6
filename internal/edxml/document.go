package edxml

import (
	"io"
	"os"

	"vanthu/internal/document"
)

// Kinds of Business.Type (BussinessDocType, sic).
const (
	New     = 0 // a new document
	Recall  = 1 // takes a sent document back (thu hồi)
	Update  = 2 // updates a sent document or its receivers (cập nhật)
	Replace = 3 // replaces earlier documents (thay thế)
)

// Document is a packet with a document and its files (QCVN 102, axis.md §3.2).
type Document struct {
	From        document.Agency
	To          []document.Agency
	ID          string // DocumentId; FallbackID when the packet has none
	Code        document.Reference
	Place       string
	Date        document.Date // zero when DateRaw cannot be read
	DateRaw     string        // PromulgationDate as it stands; ignored when writing
	Type        TypeInfo
	Subject     string
	Content     string
	Signer      document.Signer
	Due         document.Date
	DueRaw      string // DueDate as it stands; ignored when writing
	Other       Other
	ResponseFor []document.Ref
	Steering    *int // SteeringType; nil when missing or not a number
	ToPlaces    []string
	Tasks       []string // ResponseForTask: codes of the Government's tasks that this answers
	Application string   // ApplicationType; no source explains its values
	Traces      []Trace
	Business    Business
	Attachments []Attachment
}

// TypeInfo is the type of a document. Senders disagree about the numbers: trust
// only Name. We write Type 2 (administrative) and the number of list B.
type TypeInfo struct {
	Type, Detail int
	Name         string
}

// Other is OtherInfo.
type Other struct {
	Urgency       document.Urgency
	Sphere        string
	TyperNotation string
	Amount        int   // copies issued
	Pages         int   // pages of the main document
	Direction     *bool // nil when missing
	Appendixes    []string
}

// Trace is one hop of the packet. Organ is empty in the axis's own traces since
// 2025; Time is text, "yyyy/MM/dd HH:mm:ss" when well made.
type Trace struct {
	Organ string
	Time  string
}

// Business says what the packet wants: Bussiness (sic). A packet without the
// block is New.
type Business struct {
	DocumentID string
	Type       int
	Reason     string
	Paper      bool // a paper copy follows
	Staff      document.Staff
	Changes    *Changes      // with Update
	Replaces   []Replacement // with Replace
}

// Changes is BussinessDocumentInfo: what an update changes.
type Changes struct {
	Document  bool
	Receivers bool
	List      []Receiver
}

// Receiver is one entry of an update's receiver list. Which of Kind 0 and 1
// means added is not confirmed by any source; do not act on it.
type Receiver struct {
	Organ document.Code
	Kind  int
}

// Replacement names a replaced document and the bodies it had been sent to.
type Replacement struct {
	DocumentID string
	Organs     []document.Code
}

// Attachment is a file of a document. After reading, Open gives the real bytes
// (unzipped where the ZIP is only wrapping), Name is safe, ContentType is what
// the bytes show where they show it. When writing, ContentType is ignored: it
// follows from the name, as in the reference library.
type Attachment struct {
	ID          string // without "cid:"
	Name        string
	Description string
	ContentType string
	Open        func() (io.ReadCloser, error)
	Size        int64
	Path        string // after reading: the file under ReadOptions.Dir, the caller's to move or remove
}

// Packet is what Read found: exactly one of Document and Status.
type Packet struct {
	Document *Document
	Status   *Status
	Warnings []string // in Vietnamese: what had to be bent or guessed
}

// Remove deletes the files that reading left under ReadOptions.Dir. Files moved
// away meanwhile are no error.
func (p *Packet) Remove() {
	if p.Document == nil {
		return
	}
	for _, a := range p.Document.Attachments {
		if a.Path != "" {
			os.Remove(a.Path)
		}
	}
}

// FallbackID identifies a document whose packet lacks the DocumentId, in the
// recommended form: the same packet gives the same identity every time, which
// finding duplicates needs. date and code are the raw texts of the packet.
// Without organ or code there is no identity and the result is "".
func FallbackID(organ, date, code string) string {
	if organ == "" || code == "" {
		return ""
	}
	if d, err := document.ParseDate(date); err == nil {
		date = d.Axis()
	}
	return organ + "," + date + "," + code
}
