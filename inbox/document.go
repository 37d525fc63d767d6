package inbox

import (
	"time"

	"vanthu/internal/document"
	"vanthu/internal/verdict"
	"vanthu/store"
)

// Document is one incoming document from arrival to completion.
type Document struct {
	ID       string   `json:"id"`
	State    State    `json:"state"`
	Origin   Origin   `json:"origin"`
	Received Metadata `json:"received"` // as in the packet, never edited
	Business Business `json:"business,omitzero"`
	Trace    []Hop    `json:"trace,omitempty"`
	Files    []File   `json:"files,omitempty"`
	Check    *Check   `json:"check,omitempty"`

	Entry      *Entry      `json:"entry,omitempty"`
	Refusal    *Refusal    `json:"refusal,omitempty"`
	Submission *Submission `json:"submission,omitempty"`
	Directive  *Directive  `json:"directive,omitempty"`
	HandOver   *HandOver   `json:"handOver,omitempty"`
	Earlier    []HandOver  `json:"earlier,omitempty"` // hand-overs before the one in force
	Progress   []Note      `json:"progress,omitempty"`
	Completion *Completion `json:"completion,omitempty"`

	Unreadable  bool     `json:"unreadable,omitempty"`  // the packet was quarantined and acknowledged "fail"
	DuplicateOf string   `json:"duplicateOf,omitempty"` // ID of the record this one repeats
	Warnings    []string `json:"warnings,omitempty"`    // Vietnamese, for the clerk
	Reported    []Report `json:"reported,omitempty"`    // statuses queued to the sender
}

// Origin is how a document came in.
type Origin struct {
	AxisID  string        `json:"axisID,omitempty"`
	From    document.Code `json:"from"`
	To      document.Code `json:"to"`
	Arrived time.Time     `json:"arrived"`
	Packet  store.Hash    `json:"packet,omitempty"` // the packet byte for byte
	Size    int64         `json:"size"`             // bytes of the packet
}

// Business is the packet's business type (QCVN 102 Bussiness): 0 new, 1
// recall, 2 update, 3 replacement.
type Business struct {
	Type       int    `json:"type"`
	Reason     string `json:"reason,omitempty"`
	DocumentID string `json:"documentID,omitempty"`
	Paper      bool   `json:"paper,omitempty"` // a paper copy follows
}

// Hop is one body the packet passed through, as the packet says.
type Hop struct {
	Organ string `json:"organ,omitempty"`
	Time  string `json:"time"`
}

// File is one attachment, kept byte for byte.
type File struct {
	Name        string     `json:"name"` // cleaned, safe to show and to save
	Hash        store.Hash `json:"hash"`
	Size        int64      `json:"size"`
	Kind        string     `json:"kind"` // by its first bytes: pdf, docx, xlsx, zip, doc, image, other
	Description string     `json:"description,omitempty"`
}

// Metadata is what is known about a document: the input fields of Decree
// 30/2020 Annex VI Part II §II that do not come from the desk itself.
type Metadata struct {
	DocumentID string             `json:"documentID,omitempty"`
	TypeName   string             `json:"typeName"`
	Code       document.Reference `json:"code"`
	Date       document.Date      `json:"date,omitzero"`
	DateRaw    string             `json:"dateRaw,omitempty"` // as written by the sender
	Issuer     document.Agency    `json:"issuer"`
	Subject    string             `json:"subject"`
	Content    string             `json:"content,omitempty"`
	Language   string             `json:"language,omitempty"`
	Pages      int                `json:"pages,omitempty"`
	Signer     document.Signer    `json:"signer,omitzero"`
	Urgency    document.Urgency   `json:"urgency,omitempty"`
	ToPlaces   []string           `json:"toPlaces,omitempty"`
	Due        document.Date      `json:"due,omitzero"`
	ReplyFor   []document.Ref     `json:"replyFor,omitempty"`
	Note       string             `json:"note,omitempty"`
	FileCode   string             `json:"fileCode,omitempty"`
}

// Check is the result of checking the signatures of every PDF.
type Check struct {
	Report   verdict.Report `json:"report"` // of the worst file
	Files    []FileCheck    `json:"files"`
	At       time.Time      `json:"at"`
	Warnings []string       `json:"warnings,omitempty"`
}

// FileCheck is the report on one file.
type FileCheck struct {
	Name   string         `json:"name"`
	Report verdict.Report `json:"report"`
}

// Entry is the registration: the arrival number and the clerk's overlay.
type Entry struct {
	Number   int           `json:"number"`
	Year     int           `json:"year"`
	Date     document.Date `json:"date"` // ngày đến
	Meta     Metadata      `json:"meta"`
	Separate bool          `json:"separate,omitempty"` // knowingly registered beside its double
	By       string        `json:"by"`
	At       time.Time     `json:"at"`
}

// Refusal says why a document was returned.
type Refusal struct {
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Submission is the showing to the person who directs (trình).
type Submission struct {
	To string    `json:"to"`
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// Directive is the leader's opinion (bút phê, Decree 30 Art. 23).
type Directive struct {
	By      string        `json:"by"`   // the leader
	Text    string        `json:"text"` // the opinion
	Lead    string        `json:"lead"` // chủ trì
	Support []string      `json:"support,omitempty"`
	Due     document.Date `json:"due,omitzero"`
	At      time.Time     `json:"at"`
}

// HandOver is the passing to the unit or person who handles the document.
type HandOver struct {
	To  string        `json:"to"`
	Due document.Date `json:"due,omitzero"`
	By  string        `json:"by"`
	At  time.Time     `json:"at"`
}

// Note is one line of progress.
type Note struct {
	Text string    `json:"text"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
}

// Completion closes the work on a document.
type Completion struct {
	Note  string    `json:"note,omitempty"`
	Reply string    `json:"reply,omitempty"` // number and notation of the answer
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// Report is one status queued to the sender.
type Report struct {
	Code   document.Status `json:"code"`
	Packet store.Hash      `json:"packet"`
	At     time.Time       `json:"at"`
}

// Meta is the metadata in force: the clerk's once registered, else the
// sender's.
func (d Document) Meta() Metadata {
	if d.Entry != nil {
		return d.Entry.Meta
	}
	return d.Received
}

// Due is the day the work must be finished: what the hand-over says, else the
// directive, else the metadata. The zero Date means no limit.
func (d Document) Due() document.Date {
	switch {
	case d.HandOver != nil && !d.HandOver.Due.IsZero():
		return d.HandOver.Due
	case d.Directive != nil && !d.Directive.Due.IsZero():
		return d.Directive.Due
	}
	return d.Meta().Due
}

// Assignee is who has the document: the hand-over, else the directive's lead,
// else the leader it was shown to.
func (d Document) Assignee() string {
	switch {
	case d.HandOver != nil:
		return d.HandOver.To
	case d.Directive != nil:
		return d.Directive.Lead
	case d.Submission != nil:
		return d.Submission.To
	}
	return ""
}

func (d *Document) warn(text string) {
	for _, w := range d.Warnings {
		if w == text {
			return
		}
	}
	d.Warnings = append(d.Warnings, text)
}
