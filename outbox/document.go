package outbox

import (
	"slices"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Document is one outgoing document from draft to delivery.
type Document struct {
	ID          string          `json:"id"`
	State       State           `json:"state"`
	Draft       Draft           `json:"draft"`
	Created     time.Time       `json:"created"`
	File        File            `json:"file"`   // the PDF as it is now
	Source      store.Hash      `json:"source"` // the PDF as the drafter gave it
	Layout      document.Layout `json:"layout"`
	Proposed    document.Layout `json:"proposed,omitzero"` // Layout as the page itself asks for it
	Attachments []File          `json:"attachments,omitempty"`

	Book       string             `json:"book,omitempty"` // number series
	Number     int                `json:"number,omitempty"`
	Year       int                `json:"year,omitempty"`
	Code       document.Reference `json:"code,omitzero"`
	Date       document.Date      `json:"date,omitzero"`
	DocumentID string             `json:"documentID,omitempty"` // on the axis

	LeaderSigned *SignatureNote `json:"leaderSigned,omitempty"`
	Sealed       *SignatureNote `json:"sealed,omitempty"`
	// Archive is File with a time stamp over the whole of it, for our archive: made
	// when a signature without one had been sent.
	Archive *File `json:"archive,omitempty"`
	// StampTrouble is why the time-stamp service's last answer was not taken.
	StampTrouble string `json:"stampTrouble,omitempty"`

	Packet     store.Hash `json:"packet,omitempty"` // the packet sent, byte for byte
	PacketSize int64      `json:"packetSize,omitempty"`
	IssuedAt   time.Time  `json:"issuedAt,omitzero"`
	// Attempted is when sending first began. From then on an answer may have
	// been lost, and the axis's list of sent packets is asked before repeating.
	Attempted time.Time  `json:"attempted,omitzero"`
	Delivery  []Delivery `json:"delivery,omitempty"`

	Forwarded *Forwarded `json:"forwarded,omitempty"`
	GivenUp   *GivenUp   `json:"givenUp,omitempty"`
}

// Draft is what the clerk types about a document.
type Draft struct {
	TypeName   string            `json:"typeName"`
	Subject    string            `json:"subject"` // trích yếu
	Unit       string            `json:"unit,omitempty"`
	Signer     document.Signer   `json:"signer"`
	Urgency    document.Urgency  `json:"urgency,omitempty"`
	Recipients []document.Agency `json:"recipients,omitempty"` // over the axis
	ToPlaces   []string          `json:"toPlaces,omitempty"`   // "Nơi nhận" as printed
	Due        document.Date     `json:"due,omitzero"`         // hạn trả lời
	ReplyTo    *Reply            `json:"replyTo,omitempty"`
	Copies     int               `json:"copies,omitempty"`
	Pages      int               `json:"pages,omitempty"`
	Secrecy    string            `json:"secrecy,omitempty"` // "" or "Không"; anything else is refused
}

// Reply names the incoming document that this one answers.
type Reply struct {
	Incoming string       `json:"incoming"` // record of the incoming desk
	Ref      document.Ref `json:"ref"`
}

// File is one file, kept byte for byte.
type File struct {
	Name string     `json:"name"` // cleaned
	Hash store.Hash `json:"hash"`
	Size int64      `json:"size"`
}

// SignatureNote says whose key signed and when.
type SignatureNote struct {
	Holder string    `json:"holder"`
	Serial string    `json:"serial"`
	Soft   bool      `json:"soft,omitempty"` // a key in a file, for practice only
	At     time.Time `json:"at"`
	// Stamped is the time a time-stamp service proves, inside the signature.
	Stamped *time.Time `json:"stamped,omitempty"`
}

// Transports: what is known of a recipient's copy before statuses come.
const (
	TransportWaiting = "waiting" // not handed to the axis yet
	TransportSent    = "sent"
	TransportFailed  = "failed" // refused by the axis; Error says why
)

// Delivery is what became of the document at one recipient.
type Delivery struct {
	Agency    document.Agency `json:"agency"`
	Transport string          `json:"transport"` // waiting, sent or failed
	AxisID    string          `json:"axisID,omitempty"`
	SentAt    time.Time       `json:"sentAt,omitzero"`
	Status    document.Status `json:"status,omitempty"` // the furthest business status
	Events    []StatusEvent   `json:"events,omitempty"`
	Error     string          `json:"error,omitempty"`
	Seen      time.Time       `json:"seen,omitzero"` // when the clerk put a refusal aside
}

// StatusEvent is one status report of a recipient.
type StatusEvent struct {
	Code  document.Status `json:"code"`
	At    time.Time       `json:"at"` // as the recipient says
	Staff document.Staff  `json:"staff,omitzero"`
	Text  string          `json:"text,omitempty"`
}

// Forwarded marks a document of another body that we pass on as it is.
type Forwarded struct {
	Incoming string          `json:"incoming"` // record of the incoming desk
	Original document.Ref    `json:"original"`
	From     document.Agency `json:"from"`           // who issued it
	Note     string          `json:"note,omitempty"` // our covering line
	Trace    []Hop           `json:"trace,omitempty"`
}

// Hop is one body the document passed through before us.
type Hop struct {
	Organ string `json:"organ,omitempty"`
	Time  string `json:"time"`
}

// GivenUp says why a document was discarded or its number voided.
type GivenUp struct {
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// State is the delivery in words: chưa gửi, đã gửi, gửi lỗi, then the last
// business status. Arrival is unknown until the recipient reports.
func (d Delivery) State() string {
	switch {
	case d.Status != "":
		return d.Status.Name()
	case d.Transport == TransportSent:
		return "Đã gửi"
	case d.Transport == TransportFailed:
		return "Gửi lỗi"
	}
	return "Chưa gửi"
}

// delivery finds the first recipient with one of these codes.
func (d *Document) delivery(codes ...document.Code) *Delivery {
	for i := range d.Delivery {
		if slices.Contains(codes, d.Delivery[i].Agency.Code) {
			return &d.Delivery[i]
		}
	}
	return nil
}

// Unsent lists the recipients whose copy has not been handed to the axis.
func (d Document) Unsent() []document.Code {
	var codes []document.Code
	for _, v := range d.Delivery {
		if v.Transport == TransportWaiting {
			codes = append(codes, v.Agency.Code)
		}
	}
	return codes
}
