package ui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

// batch signs several documents with one key and one PIN: first the list that names
// what will be signed, then, on the same rows, what became of each. It stops at the
// first failure, between two documents; what is signed stays signed.
type batch struct {
	base
	event  outbox.Event // EventSign or EventSeal
	asked  []string     // the documents marked in the list; nil for all that wait
	signer document.Signer
	others int // wait for the signature of somebody else
	more   int // not looked at: one batch has an end

	rows    []batchRow
	at, top int
	loaded  bool

	key      Key     // open while the batch runs
	used     KeyInfo // the key it began with: going on takes no other
	running  bool
	stopping bool // after the document under way
}

// batchRow is one document of the batch, as it was when the list was made.
type batchRow struct {
	doc   outbox.Document
	state rowState
	why   string // of what was left out, passed over or failed
}

// rowState is how far a row of a batch has come, as it is written on the screen.
type rowState string

const (
	rowChosen rowState = "sẽ ký"
	rowOff    rowState = "không ký" // the clerk's choice
	rowBarred rowState = "bỏ qua"   // cannot be signed, or not any more
	rowNow    rowState = "đang ký"
	rowSigned rowState = "đã ký"
	rowFailed rowState = "LỖI"
)

// mostAtOnce bounds one batch; more than a person can review is not reviewed.
const mostAtOnce = 100

func newBatch(e outbox.Event, asked []string, signer document.Signer) *batch {
	return &batch{event: e, asked: asked, signer: signer}
}

func (b *batch) Title() string {
	if b.event == outbox.EventSeal {
		return "Ký số của cơ quan: nhiều văn bản"
	}
	return "Ký số của người có thẩm quyền: nhiều văn bản"
}

func (b *batch) place() place { return batching }

func (b *batch) hint() string {
	switch {
	case !b.loaded:
		return ""
	case b.stopping:
		return "Sẽ dừng sau văn bản đang ký."
	case b.running:
		return "Đang ký lần lượt, giữ nguyên thiết bị ký. Esc: dừng sau văn bản đang ký; văn bản đã ký vẫn giữ chữ ký."
	case b.count(rowChosen)+b.count(rowFailed) == 0:
		return "Không còn văn bản nào để ký. Esc để quay lại."
	case b.used.Ref != "":
		return "Văn bản đã ký vẫn giữ chữ ký. Enter để ký tiếp phần còn lại bằng đúng thiết bị đã dùng, PIN nhập lại; Esc để thôi."
	}
	return "Đọc từng dòng, Space để bỏ dòng không ký. Enter để chọn khóa và gõ PIN một lần cho cả danh sách; Esc để thôi."
}

func (b *batch) refuses(a action) string {
	switch {
	case a == begin && b.running:
		return "Đang ký."
	case a == begin && b.loaded && b.count(rowChosen)+b.count(rowFailed) == 0:
		return "Không có văn bản nào được chọn để ký."
	case a == mark && b.running:
		return "Đang ký: không đổi danh sách được. Esc để dừng sau văn bản đang ký."
	}
	return ""
}

func (b *batch) count(s rowState) int {
	n := 0
	for _, r := range b.rows {
		if r.state == s {
			n++
		}
	}
	return n
}

// reviewed is the list that load made.
type reviewed struct {
	rows   []batchRow
	signer document.Signer
	others int
	more   int
}

func (b *batch) load(m *Model, quiet bool) tea.Cmd {
	if b.loaded {
		return nil // what was reviewed is what is signed
	}
	desk, e, asked, signer := m.o.Outbox, b.event, b.asked, b.signer
	return b.ask(m, "Đang đọc các văn bản chờ ký", func(context.Context) (any, error) { return review(desk, e, asked, signer) })
}

// review reads the documents to be signed. One batch is one key, so the leader's
// signature is for the documents of one leader.
func review(desk *outbox.Desk, e outbox.Event, asked []string, signer document.Signer) (reviewed, error) {
	v := reviewed{signer: signer}
	ids := asked
	if asked == nil {
		var err error
		if ids, err = thatWait(desk, e); err != nil {
			return v, err
		}
	}
	for i, id := range ids {
		if len(v.rows) == mostAtOnce {
			v.more = len(ids) - i
			break
		}
		doc, err := desk.Get(id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return v, err
		} else if err != nil {
			continue
		}
		row := batchRow{doc: doc, state: rowChosen}
		switch err := desk.MaySign(id, e); {
		case doc.Forwarded != nil:
			row.state, row.why = rowBarred, "Văn bản chuyển tiếp giữ nguyên chữ ký của nơi ban hành."
		case err != nil:
			row.state, row.why = rowBarred, reasonOf(err)
		case e == outbox.EventSign && v.signer == (document.Signer{}):
			v.signer = doc.Draft.Signer
		case e == outbox.EventSign && doc.Draft.Signer != v.signer:
			v.others++
			row.state, row.why = rowBarred, "Người ký khác: "+doc.Draft.Signer.String()+"."
		}
		if row.state == rowChosen || asked != nil {
			v.rows = append(v.rows, row)
		}
	}
	return v, nil
}

// thatWait lists the documents in the state before the event: the urgent first, then
// by number, then the oldest.
func thatWait(desk *outbox.Desk, e outbox.Event) ([]string, error) {
	state := outbox.Drafting
	if e == outbox.EventSeal {
		state = outbox.Numbered
	}
	rows, _, err := desk.List(outbox.Filter{State: state}, store.Window{})
	slices.Reverse(rows) // newest first
	slices.SortStableFunc(rows, func(a, b outbox.Summary) int {
		if a.Urgency != b.Urgency {
			return int(b.Urgency) - int(a.Urgency)
		}
		return a.Number - b.Number
	})
	var ids []string
	for _, s := range rows {
		ids = append(ids, s.ID)
	}
	return ids, err
}

func (b *batch) take(m *Model, v any) tea.Cmd {
	switch v := v.(type) {
	case reviewed:
		b.rows, b.signer, b.others, b.more, b.loaded = v.rows, v.signer, v.others, v.more, true
	case batchStep:
		return b.stepped(m, v)
	case batchClosed:
		b.running, b.stopping = false, false
		b.tell(m)
	}
	return nil
}

func (b *batch) do(m *Model, a action) tea.Cmd {
	switch a {
	case back:
		if b.running {
			b.stopping = true
			return nil
		}
		return m.pop()
	case mark:
		b.toggle(m)
	case begin:
		if b.loaded {
			return m.push(newBatchPIN(m, b))
		}
	case up:
		b.move(-1)
	case down:
		b.move(1)
	case pageUp:
		b.move(-5)
	case pageDown:
		b.move(5)
	case first:
		b.move(-len(b.rows))
	case last:
		b.move(len(b.rows))
	}
	return nil
}

func (b *batch) move(by int) { b.at = max(0, min(b.at+by, len(b.rows)-1)) }

// toggle takes a document off the list, or back on it.
func (b *batch) toggle(m *Model) {
	if len(b.rows) == 0 {
		return
	}
	r := &b.rows[b.at]
	switch r.state {
	case rowChosen, rowFailed:
		r.state = rowOff
	case rowOff:
		r.state, r.why = rowChosen, ""
	case rowBarred:
		m.warn(r.why)
		return
	default:
		m.warn("Văn bản này đã ký.")
		return
	}
	b.move(1)
}

// holds keeps the program open at the first Ctrl+C while a key is at work.
func (b *batch) holds(m *Model) bool {
	if !b.running || b.stopping {
		return false
	}
	b.stopping = true
	m.warn("Đang ký; sẽ dừng sau văn bản đang ký. Nhấn Ctrl+C lần nữa để thoát ngay.")
	return true
}

// goOn begins, or goes on, with a key just opened.
func (b *batch) goOn(m *Model, k Key, info KeyInfo) tea.Cmd {
	b.key, b.used, b.running, b.stopping = k, info, true, false
	for i := range b.rows {
		if b.rows[i].state == rowFailed {
			b.rows[i].state, b.rows[i].why = rowChosen, ""
		}
	}
	return b.next(m)
}

// batchStep is what became of one document.
type batchStep struct {
	row int
	err error
}

// batchClosed: the key is closed.
type batchClosed struct{}

// next signs the next document, or closes the key when there is none or the clerk
// wants to stop. A document is signed without a wait that Esc could leave.
func (b *batch) next(m *Model) tea.Cmd {
	i := slices.IndexFunc(b.rows, func(r batchRow) bool { return r.state == rowChosen })
	if i < 0 || b.stopping {
		return b.end(m)
	}
	b.at, b.rows[i].state = i, rowNow
	desk, key, doc, e := m.o.Outbox, b.key, b.rows[i].doc, b.event
	return b.quietly(m, func(ctx context.Context) (any, error) {
		_, err := desk.SignSeen(ctx, doc, e, key)
		return batchStep{i, err}, nil
	})
}

func (b *batch) stepped(m *Model, s batchStep) tea.Cmd {
	r := &b.rows[s.row]
	switch {
	case s.err == nil:
		r.state = rowSigned
	case outbox.PassedOver(s.err):
		what, _ := m.explain(s.err)
		r.state, r.why = rowBarred, what
	default:
		what, next := m.explain(s.err)
		r.state, r.why = rowFailed, strings.TrimSpace(what+" "+next)
		return b.end(m)
	}
	return b.next(m)
}

// end closes the key: with it goes the login of the device.
func (b *batch) end(m *Model) tea.Cmd {
	key := b.key
	b.key = nil
	return b.quietly(m, func(context.Context) (any, error) {
		_ = key.Close() // a device that is gone is closed
		return batchClosed{}, nil
	})
}

// tell sums the batch up.
func (b *batch) tell(m *Model) {
	signed, left := b.count(rowSigned), b.count(rowChosen)
	text := fmt.Sprintf("Đã ký %d/%d văn bản", signed, signed+left+b.count(rowFailed))
	switch {
	case b.count(rowFailed) > 0:
		m.warn(text + "; dừng ở văn bản có lỗi, phần còn lại chưa ký.")
	case left > 0:
		m.warn(text + "; đã dừng theo yêu cầu, phần còn lại chưa ký.")
	case b.count(rowBarred) > 0:
		m.say(fmt.Sprintf("%s; bỏ qua %d văn bản, lý do ở từng dòng.", text, b.count(rowBarred)))
	case b.event == outbox.EventSeal:
		m.say(text + "; bước sau là phát hành từng văn bản.")
	default:
		m.say(text + "; bước sau là cấp số.")
	}
}

var _ holder = (*batch)(nil)
