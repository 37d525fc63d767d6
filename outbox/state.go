package outbox

import (
	"errors"
	"fmt"

	"vanthu/internal/document"
)

// State is where an outgoing document stands.
type State string

// The states of an outgoing document. The zero State does not exist yet.
const (
	Drafting  State = "draft"
	Signed    State = "signed"    // the authorised person has signed
	Numbered  State = "numbered"  // has number, date and register line
	Sealed    State = "sealed"    // the agency has signed
	Issued    State = "issued"    // its packet is fixed and queued
	Discarded State = "discarded" // given up before it had a number
	Voided    State = "voided"    // given up with its number, which stays used
)

// States lists the states in the order a document meets them.
func States() []State {
	return []State{Drafting, Signed, Numbered, Sealed, Issued, Discarded, Voided}
}

// Name is the Vietnamese name of the state.
func (s State) Name() string {
	switch s {
	case Drafting:
		return "Dự thảo"
	case Signed:
		return "Lãnh đạo đã ký"
	case Numbered:
		return "Đã cấp số"
	case Sealed:
		return "Cơ quan đã ký số"
	case Issued:
		return "Đã phát hành"
	case Discarded:
		return "Đã bỏ dự thảo"
	case Voided:
		return "Đã hủy số"
	}
	return ""
}

// Open tells that the document is on its way to being issued.
func (s State) Open() bool {
	return s == Drafting || s == Signed || s == Numbered || s == Sealed
}

// Event is what happens to an outgoing document.
type Event string

// The events.
const (
	EventCreate    Event = "create"
	EventEdit      Event = "edit"       // content and addresses of a draft
	EventReplace   Event = "replace"    // another PDF
	EventReaddress Event = "re-address" // only who gets it, after the content is signed
	EventSign      Event = "sign"       // the leader's signature
	EventNumber    Event = "number"     // number, date, register line
	EventSeal      Event = "seal"       // the agency's signature
	EventIssue     Event = "issue"
	EventForward   Event = "forward" // issues a signed document of another body
	EventDiscard   Event = "discard"
	EventVoid      Event = "void"
)

// Events lists the events.
func Events() []Event {
	return []Event{EventCreate, EventEdit, EventReplace, EventReaddress, EventSign, EventNumber,
		EventSeal, EventIssue, EventForward, EventDiscard, EventVoid}
}

func (e Event) name() string {
	switch e {
	case EventCreate:
		return "tạo"
	case EventEdit:
		return "sửa nội dung"
	case EventReplace:
		return "thay tệp của"
	case EventReaddress:
		return "sửa nơi nhận của"
	case EventSign:
		return "ký"
	case EventNumber:
		return "cấp số cho"
	case EventSeal:
		return "ký số của cơ quan lên"
	case EventIssue:
		return "phát hành"
	case EventForward:
		return "chuyển tiếp"
	case EventDiscard:
		return "bỏ"
	case EventVoid:
		return "hủy số của"
	}
	return string(e)
}

// BookEffect is what an event does to the outgoing register.
type BookEffect int

// What an event does to the register.
const (
	BookUntouched BookEffect = iota
	BookEnter                // takes the next number of the series and writes its line
	BookAmend                // corrects columns (5), (7), (8) of the line
	BookVoid                 // marks the line void; the number stays used
)

// Transition is one row of the state table: what an event does to a document.
type Transition struct {
	From  State
	Event Event
	To    State
	Book  BookEffect
	Send  bool // fixes the packet and queues the send job
}

// transitions is the state machine. It is never written to.
//
//	         edit, replace
//	             ┌──┐
//	create ──► draft ── sign ──► signed ── number ──► numbered ── seal ──► sealed ── issue ──► issued
//	             │ │               │                     │                   │
//	             │ │discard        │discard              │void               │void
//	             │ └► discarded ◄──┘                     └──────► voided ◄───┘
//	             │
//	             └── forward (another body's signed document) ─────────────────────────────► issued
//
// re-address is allowed from signed to sealed and changes no state. The order
// is the law's: personal signature (Decree 30 Art. 13), number and date (Art.
// 15), agency signature on what is already signed (Art. 17, 32.2), issue (Art.
// 18). Recall of an issued document is another conversation, not a state here.
var transitions = []Transition{
	{"", EventCreate, Drafting, BookUntouched, false},

	{Drafting, EventEdit, Drafting, BookUntouched, false},
	{Drafting, EventReplace, Drafting, BookUntouched, false},
	{Drafting, EventSign, Signed, BookUntouched, false},
	{Drafting, EventForward, Issued, BookUntouched, true},
	{Drafting, EventDiscard, Discarded, BookUntouched, false},

	{Signed, EventReaddress, Signed, BookUntouched, false},
	{Signed, EventNumber, Numbered, BookEnter, false},
	{Signed, EventDiscard, Discarded, BookUntouched, false},

	{Numbered, EventReaddress, Numbered, BookAmend, false},
	{Numbered, EventSeal, Sealed, BookUntouched, false},
	{Numbered, EventVoid, Voided, BookVoid, false},

	{Sealed, EventReaddress, Sealed, BookAmend, false},
	{Sealed, EventIssue, Issued, BookAmend, true},
	{Sealed, EventVoid, Voided, BookVoid, false},
}

// ErrState is the class of an act that the document's state does not allow.
var ErrState = errors.New("act not allowed in this state")

// Step is the row of the state table for an event in a state. Without one the
// error is a *document.Problem of class ErrState.
func Step(s State, e Event) (Transition, error) {
	for _, t := range transitions {
		if t.From == s && t.Event == e {
			return t, nil
		}
	}
	return Transition{}, document.Refuse(ErrState,
		fmt.Sprintf("Không thể %s văn bản đang ở trạng thái “%s”.", e.name(), s.Name()), nextFor(s, e))
}

// Allowed lists the events that the state permits, for menus.
func (s State) Allowed() []Event {
	var events []Event
	for _, t := range transitions {
		if t.From == s && s != "" {
			events = append(events, t.Event)
		}
	}
	return events
}

func nextFor(s State, e Event) string {
	switch {
	case s == Issued:
		return "Văn bản đã phát hành: dùng đính chính, thay thế hoặc thu hồi bằng văn bản khác."
	case s == Discarded || s == Voided:
		return "Soạn văn bản mới."
	case e == EventDiscard:
		return "Văn bản đã có số: hủy số kèm lý do; số đã cấp không dùng lại."
	case e == EventVoid:
		return "Văn bản chưa có số: bỏ dự thảo là đủ."
	case s == Drafting:
		return "Trình người có thẩm quyền ký trước."
	case e == EventEdit || e == EventReplace || e == EventSign || e == EventForward:
		return "Văn bản đã được ký: chỉ sửa được nơi nhận; cần sửa nội dung thì soạn lại."
	case s == Signed:
		return "Cấp số và ngày trước."
	case s == Numbered && e == EventIssue:
		return "Ký số của cơ quan trước khi phát hành."
	}
	return "Xem lại các bước đã làm với văn bản này."
}
