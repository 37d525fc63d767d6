package inbox

import (
	"errors"
	"fmt"

	"vanthu/internal/document"
)

// State is where an incoming document stands.
type State string

// The states of an incoming document. The zero State is a document that has
// not arrived yet.
const (
	Received    State = "received"    // arrived, the clerk has not acted
	Registered  State = "registered"  // has its arrival number
	Submitted   State = "submitted"   // shown to the leader
	Directed    State = "directed"    // the leader named who handles it
	HandedOver  State = "handed-over" // with the unit or person in charge
	InProgress  State = "in-progress" // the handler has begun
	Completed   State = "completed"   // finished
	Refused     State = "refused"     // returned to the sender with a reason
	Quarantined State = "quarantined" // the packet could not be read
)

// States lists the states in the order a document meets them.
func States() []State {
	return []State{Received, Registered, Submitted, Directed, HandedOver, InProgress, Completed, Refused, Quarantined}
}

// Name is the Vietnamese name of the state.
func (s State) Name() string {
	switch s {
	case Received:
		return "Chờ tiếp nhận"
	case Registered:
		return "Đã đăng ký"
	case Submitted:
		return "Đã trình"
	case Directed:
		return "Đã có ý kiến chỉ đạo"
	case HandedOver:
		return "Đã chuyển giao"
	case InProgress:
		return "Đang xử lý"
	case Completed:
		return "Hoàn thành"
	case Refused:
		return "Từ chối tiếp nhận"
	case Quarantined:
		return "Gói tin hỏng"
	}
	return ""
}

// Open tells that somebody still has to do something about the document.
func (s State) Open() bool {
	return s != Completed && s != Refused && s != Quarantined && s != ""
}

// Event is what happens to an incoming document.
type Event string

// The events.
const (
	EventArrive     Event = "arrive"     // a readable packet came
	EventQuarantine Event = "quarantine" // an unreadable packet came
	EventSecret     Event = "secret"     // a packet came that bears a secrecy mark
	EventRegister   Event = "register"
	EventRefuse     Event = "refuse"
	EventSubmit     Event = "submit"
	EventDirect     Event = "direct"
	EventHandOver   Event = "hand-over"
	EventProgress   Event = "progress"
	EventComplete   Event = "complete"
)

// Events lists the events.
func Events() []Event {
	return []Event{EventArrive, EventQuarantine, EventSecret, EventRegister, EventRefuse,
		EventSubmit, EventDirect, EventHandOver, EventProgress, EventComplete}
}

func (e Event) name() string {
	switch e {
	case EventRegister:
		return "đăng ký"
	case EventRefuse:
		return "từ chối"
	case EventSubmit:
		return "trình"
	case EventDirect:
		return "ghi ý kiến chỉ đạo"
	case EventHandOver:
		return "chuyển giao"
	case EventProgress:
		return "ghi tiến độ"
	case EventComplete:
		return "kết thúc"
	}
	return "tiếp nhận"
}

// BookEffect is what an event does to the incoming register.
type BookEffect int

// What an event does to the register.
const (
	BookUntouched BookEffect = iota
	BookEnter                // takes the next arrival number and writes its line
	BookAmend                // fills columns (7), (8), (10) of the line
)

// Transition is one row of the state table: what an event does to a document.
type Transition struct {
	From  State
	Event Event
	To    State
	// Ack is the transport mark put on the axis: "done", "fail" or none.
	Ack string
	// Status is the status sent to the sender, unless it was sent before or a
	// later one was: codes go forward only (QCVN 102).
	Status document.Status
	Book   BookEffect
}

// transitions is the state machine. It is never written to.
//
//	                     ┌────────────────── refuse(02) ──► refused
//	arrive(01) ─► received ─ register(03) ─► registered ─ submit ─► submitted ◄┐ submit
//	                                           │   │                  │  │  └──┘
//	quarantine ─► quarantined ─ refuse ─►      │   │     direct(04) ◄─┘  │
//	              refused                      │   │         │           │
//	secret(02) ─► refused                      │   │         ▼           │
//	                                           │   │   directed ◄┐ direct│
//	                                           │   │     │  └────┘       │
//	                         hand-over(04) ◄───┘   │     │ hand-over(04) │ hand-over(04)
//	                                │              │     │               │
//	                                └─────► handed-over ◄┴───────────────┘
//	                                     hand-over ▲ │ progress(05)
//	                                               │ ▼
//	                                     in-progress ◄─┐ progress
//	                                          │  └─────┘
//	                                          ▼
//	     complete(06) from every state after registration ──► completed
//
// Art. 23.1 of Decree 30/2020 lets the clerk hand over without submission when
// the addressee is fixed by the office's rules, hence hand-over from
// registered. A document sent to the wrong unit is handed over again from
// handed-over or in-progress. Only before registration may it be refused;
// after it one can only correspond (clerk-workflow §1.8).
var transitions = []Transition{
	{"", EventArrive, Received, "done", document.StatusArrived, BookUntouched},
	{"", EventQuarantine, Quarantined, "fail", "", BookUntouched},
	{"", EventSecret, Refused, "done", document.StatusRefused, BookUntouched},

	{Received, EventRegister, Registered, "", document.StatusAccepted, BookEnter},
	{Received, EventRefuse, Refused, "", document.StatusRefused, BookUntouched},
	{Quarantined, EventRefuse, Refused, "", "", BookUntouched},

	{Registered, EventSubmit, Submitted, "", "", BookUntouched},
	{Submitted, EventSubmit, Submitted, "", "", BookUntouched},
	{Submitted, EventDirect, Directed, "", document.StatusAssigned, BookUntouched},
	{Directed, EventDirect, Directed, "", document.StatusAssigned, BookUntouched},

	{Registered, EventHandOver, HandedOver, "", document.StatusAssigned, BookAmend},
	{Submitted, EventHandOver, HandedOver, "", document.StatusAssigned, BookAmend},
	{Directed, EventHandOver, HandedOver, "", document.StatusAssigned, BookAmend},
	{HandedOver, EventHandOver, HandedOver, "", document.StatusAssigned, BookAmend},
	{InProgress, EventHandOver, HandedOver, "", document.StatusAssigned, BookAmend},

	{HandedOver, EventProgress, InProgress, "", document.StatusProcessing, BookUntouched},
	{InProgress, EventProgress, InProgress, "", document.StatusProcessing, BookUntouched},

	{Registered, EventComplete, Completed, "", document.StatusCompleted, BookAmend},
	{Submitted, EventComplete, Completed, "", document.StatusCompleted, BookAmend},
	{Directed, EventComplete, Completed, "", document.StatusCompleted, BookAmend},
	{HandedOver, EventComplete, Completed, "", document.StatusCompleted, BookAmend},
	{InProgress, EventComplete, Completed, "", document.StatusCompleted, BookAmend},
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

// Allowed lists the clerk's events that the state permits, for menus.
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
	case s == Received:
		return "Đăng ký văn bản vào sổ đến trước."
	case s == Quarantined:
		return "Gói tin không đọc được: đề nghị cơ quan gửi gửi lại văn bản."
	case e == EventRefuse && s != Refused:
		return "Văn bản đã vào sổ: trao đổi với cơ quan gửi bằng công văn."
	case e == EventRegister && s.Open():
		return "Văn bản đã có số đến."
	case e == EventDirect:
		return "Trình lãnh đạo trước khi ghi ý kiến chỉ đạo."
	case e == EventProgress:
		return "Chuyển giao văn bản cho đơn vị hoặc người giải quyết trước."
	case s == Completed || s == Refused:
		return "Việc với văn bản này đã kết thúc; mở sổ để xem lại."
	}
	return "Xem lại các bước đã làm với văn bản này."
}
