package outbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// ackJob is the payload of an "ack" job.
type ackJob struct {
	AxisID string `json:"axisID"`
	Status string `json:"status"` // done or fail
}

// TakeStatus takes in a status packet from the axis: what became of a document
// of ours at a recipient. One act keeps the packet, moves the delivery and
// queues the acknowledgement. A copy taken before changes nothing; a status of
// an unknown document or an unreadable packet is kept for the clerk to see.
// ErrNotStatus: the packet is a document.
func (d *Desk) TakeStatus(ctx context.Context, axisID string, packet store.Hash, size int64) error {
	if err := d.takeStatus(ctx, axisID, packet, size); err != nil {
		return fmt.Errorf("take status %s: %w", axisID, err)
	}
	return nil
}

func (d *Desk) takeStatus(ctx context.Context, axisID string, packet store.Hash, size int64) error {
	f := Feedback{AxisID: axisID, Packet: packet, Size: size, At: d.now()}
	status, err := d.readStatus(packet)
	mark := "done"
	switch {
	case broken(err):
		f.Problem, f.Unreadable, mark = "Gói tin trạng thái hỏng, không đọc được.", true, "fail"
	case err != nil:
		return err
	}
	from, err := d.codesOf(status)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return err
	}
	err = d.Store.Update(store.Act{Who: "system", What: "status", Detail: axisID}, func(tx *store.Tx) error {
		if _, known, err := findFeedback(tx, axisID); err != nil || known {
			return errors.Join(err, errNothing)
		}
		if status != nil {
			if err := f.match(tx, *status, from); err != nil {
				return err
			}
		}
		if err := tx.Put(&f); err != nil {
			return err
		}
		if err := tx.FinishJob("fetch/" + axisID); err != nil { // done with this: one commit less
			return err
		}
		return queueAck(tx, f, mark)
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}

func broken(err error) bool {
	return errors.Is(err, edxml.ErrBroken) || errors.Is(err, edxml.ErrTooLarge) || errors.Is(err, edxml.ErrForbidden)
}

func (d *Desk) readStatus(h store.Hash) (*edxml.Status, error) {
	r, err := d.Store.OpenBlob(h)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	dir, err := os.MkdirTemp(d.TempDir, "status-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := edxml.Read(r, edxml.ReadOptions{Dir: dir})
	if err != nil {
		return nil, err
	}
	if p.Status == nil {
		return nil, ErrNotStatus
	}
	return p.Status, nil
}

// StatusByAxisID finds a status copy taken before.
func (d *Desk) StatusByAxisID(axisID string) (f Feedback, ok bool, err error) {
	err = d.Store.View(func(tx *store.Tx) error {
		f, ok, err = findFeedback(tx, axisID)
		return err
	})
	return f, ok, err
}

func findFeedback(tx *store.Tx, axisID string) (Feedback, bool, error) {
	var f Feedback
	err := tx.Get(clip(axisID), &f)
	if errors.Is(err, store.ErrNotFound) {
		return Feedback{}, false, nil
	}
	return f, err == nil, err
}

func queueAck(tx *store.Tx, f Feedback, mark string) error {
	payload, err := json.Marshal(ackJob{AxisID: f.AxisID, Status: mark})
	if err != nil {
		return err
	}
	return tx.Queue(store.Job{ID: "ack/" + f.AxisID, Kind: "ack", Record: f.Record, Payload: payload})
}

// codesOf are the reporting body's codes: the one it uses and today's. Some still
// report under an old one (axis.md §4), some have a new one since we sent.
func (d *Desk) codesOf(s *edxml.Status) ([]document.Code, error) {
	if s == nil {
		return nil, nil
	}
	a, ok, err := d.Directory.Agency(s.From.Code)
	if err != nil || !ok || a.Code == s.From.Code {
		return []document.Code{s.From.Code}, err
	}
	return []document.Code{a.Code, s.From.Code}, nil
}

// match finds the document and the recipient a status speaks of and moves the
// delivery.
func (f *Feedback) match(tx *store.Tx, s edxml.Status, from []document.Code) error {
	f.From, f.For, f.Code, f.Text, f.Staff, f.Sent = s.From, s.For, s.Code, s.Description, s.Staff, s.Time
	doc, found, err := findFor(tx, s, from)
	if err != nil {
		return err
	}
	if !found {
		f.Problem = unmatched(s)
		return nil
	}
	f.Record = doc.ID
	tx.About(doc.ID)
	v := doc.delivery(from...)
	if v == nil {
		f.Problem = fmt.Sprintf("Cơ quan %s (%s) báo trạng thái nhưng không có trong nơi nhận của văn bản %s.", s.From.Name, s.From.Code, doc.Code)
		return nil
	}
	if !v.take(s) {
		return nil
	}
	return tx.Put(&doc)
}

func unmatched(s edxml.Status) string {
	if s.Code == document.StatusRetract {
		return fmt.Sprintf("%s đề nghị lấy lại văn bản %s: trình lãnh đạo trước khi trả lời.", s.From.Name, s.For.Reference)
	}
	return fmt.Sprintf("Trạng thái của văn bản %s không khớp văn bản nào đã gửi.", s.For.Reference)
}

// findFor finds the issued document of a status: by DocumentID, else by number,
// notation and date when it was addressed to us. Of several, one that went to
// the reporting body comes first.
func findFor(tx *store.Tx, s edxml.Status, from []document.Code) (Document, bool, error) {
	var best Document
	found := false
	date := s.For.Date
	for _, q := range []store.Entry{{Index: indexID, Value: clip(s.For.ID)}, {Index: indexCode, Value: clip(codeKey(s.For.Reference, date))}} {
		for doc, err := range find(tx, q.Index, q.Value) {
			if err != nil {
				return Document{}, false, err
			}
			if doc.State != Issued || (q.Index == indexCode && doc.Date != date) {
				continue
			}
			if doc.delivery(from...) != nil {
				return doc, true, nil
			}
			if !found {
				best, found = doc, true
			}
		}
	}
	return best, found, nil
}

// take adds a status to a delivery and tells whether anything changed. The
// furthest code stands; a repetition is dropped, except 05, which may repeat;
// unknown codes are kept. A status proves that the copy arrived.
func (v *Delivery) take(s edxml.Status) bool {
	for _, e := range v.Events {
		if e.Code == s.Code && (s.Code != document.StatusProcessing || e.At.Equal(s.Time)) {
			return false
		}
	}
	v.insert(StatusEvent{Code: s.Code, At: s.Time, Staff: s.Staff, Text: s.Description})
	if forward(v.Status, s.Code) {
		v.Status = s.Code
	}
	if v.Transport != TransportSent {
		v.Transport, v.Error = TransportSent, ""
	}
	return true
}

// insert keeps the events in the recipient's order: the axis delivers reports in
// any.
func (v *Delivery) insert(e StatusEvent) {
	v.Events = append(v.Events, e)
	slices.SortStableFunc(v.Events, func(a, b StatusEvent) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Code, b.Code))
	})
}

// forward tells whether a code stands further than the one before: 01 to 06,
// 02 ends the conversation.
func forward(before, after document.Status) bool {
	switch after {
	case document.StatusArrived, document.StatusRefused, document.StatusAccepted,
		document.StatusAssigned, document.StatusProcessing, document.StatusCompleted:
		return after > before && before != document.StatusRefused
	}
	return false
}
