package edxml

import (
	"io"
	"os"

	"vanthu/internal/document"
)

// Document is a packet with a document and its files (QCVN 102, axis.md §3.2).
// What is named Raw is the text beside a parsed date. Writing uses it only
// where the date is zero, so that one that nobody can read goes on as it came.
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
	DueRaw      string // DueDate as it stands
	Other       Other
	ResponseFor []document.Ref
	ResponseRaw []string // the PromulgationDate of each ResponseFor as it stands, as long as that list
	Steering    *int     // SteeringType; nil when missing or not a number
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
	Amount        int    // copies issued
	Pages         int    // pages of the main document
	Direction     *bool  // nil when missing
	ReplyFors     string // deprecated in favour of ResponseFor, still in the reference library
	References    string // ReferenceCodes: one text in the reference library; no source explains it
	Appendixes    []string
}

// Trace is one hop of the packet. Organ is empty in the axis's own traces since
// 2025; Time is text, "yyyy/MM/dd HH:mm:ss" when well made.
type Trace struct {
	Organ string
	Time  string
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
	Sealed   bool     // an XML signature stood in the header; the axis breaks each of them, so none is checked
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
	if d, ok := parseDay(date); ok {
		date = d.Axis()
	}
	return organ + "," + date + "," + code
}
