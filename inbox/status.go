package inbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// statusJob is the payload of a "status" job: the fixed bytes and who gets them.
type statusJob struct {
	Packet store.Hash    `json:"packet"`
	Size   int64         `json:"size"`
	To     document.Code `json:"to"`
}

// ackJob is the payload of an "ack" job.
type ackJob struct {
	AxisID string `json:"axisID"`
	Status string `json:"status"` // done or fail
}

// maxPacketStatus bounds our own status packets, in bytes: they carry a reason
// of at most a few thousand letters.
const maxPacketStatus = 1 << 20

// acknowledge queues the transport mark that ends the axis's offering of the
// copy. It is queued with the record, so never before what arrived is durable.
func (d *Desk) acknowledge(tx *store.Tx, doc *Document, mark string) error {
	if mark == "" || doc.Origin.AxisID == "" {
		return nil
	}
	payload, err := json.Marshal(ackJob{AxisID: doc.Origin.AxisID, Status: mark})
	if err != nil {
		return err
	}
	return tx.Queue(store.Job{
		ID: "ack/" + doc.Origin.AxisID, Kind: "ack", Record: doc.ID,
		Urgency: int(doc.Received.Urgency), Payload: payload,
	})
}

// report queues a status to the sender with its bytes fixed. Codes go forward
// only and once: a status equal to or before one already queued is left out. A
// sender whose packet names itself or the document too badly for an answer gets
// none; the clerk is told, the act goes on.
func (d *Desk) report(tx *store.Tx, doc *Document, code document.Status, sentence string, now time.Time) error {
	if code == "" || !doc.canReport(code) {
		return nil
	}
	status := d.statusPacket(doc, code, sentence, now)
	if err := status.Check(); err != nil && d.Agency.Code != "" {
		doc.warn("Không báo được trạng thái “" + code.Name() + "” cho cơ quan gửi: " + err.Error())
		return nil
	}
	var packet bytes.Buffer
	if err := edxml.WriteStatus(&packet, status); err != nil {
		return fmt.Errorf("status %s: %w", code, err)
	}
	hash, size, err := d.Store.PutBlob(&packet, maxPacketStatus)
	if err != nil {
		return fmt.Errorf("status %s: %w", code, err)
	}
	payload, err := json.Marshal(statusJob{Packet: hash, Size: size, To: doc.sender()})
	if err != nil {
		return err
	}
	doc.Reported = append(doc.Reported, Report{Code: code, Packet: hash, At: now})
	return tx.Queue(store.Job{
		ID: "status/" + doc.ID + "/" + string(code), Kind: "status", Record: doc.ID,
		Urgency: int(doc.Meta().Urgency), Size: size, Payload: payload,
	})
}

// canReport tells whether the sender is known, the document has a name the
// sender understands, and the code is the next one forward.
func (d *Document) canReport(code document.Status) bool {
	if !d.sender().Receives() || !d.named() {
		return false
	}
	for _, r := range d.Reported {
		if r.Code >= code || r.Code == document.StatusRefused {
			return false
		}
	}
	return true
}

func (d *Document) named() bool {
	return d.Received.DocumentID != "" || !d.Received.Code.IsZero()
}

// sender is who gets the statuses: the body named in the packet, else the one
// the axis named.
func (d *Document) sender() document.Code {
	if d.Received.Issuer.Code != "" {
		return d.Received.Issuer.Code
	}
	return d.Origin.From
}

func (d *Desk) statusPacket(doc *Document, code document.Status, sentence string, now time.Time) edxml.Status {
	m := doc.Received
	return edxml.Status{
		From:  d.Agency,
		For:   document.Ref{Organ: doc.sender(), Reference: m.Code, Date: m.Date, ID: m.DocumentID},
		Staff: d.Staff, Code: code, Description: sentence, Time: now,
	}
}

func (d *Desk) sayArrived() string {
	return "Văn bản đã đến phần mềm quản lý văn bản của " + d.Agency.Name + ", văn thư chưa xử lý."
}

// sayRefused carries how to reach the clerk: the sender will call.
func (d *Desk) sayRefused(reason string) string {
	contact := []string{d.Staff.Name}
	if d.Staff.Mobile != "" {
		contact = append(contact, "điện thoại "+d.Staff.Mobile)
	}
	if d.Staff.Email != "" {
		contact = append(contact, "thư điện tử "+d.Staff.Email)
	}
	return fmt.Sprintf("Văn thư %s từ chối tiếp nhận văn bản. Lý do: %s Liên hệ: %s.",
		d.Agency.Name, sentenceEnd(reason), strings.Join(contact, ", "))
}

func (d *Desk) sayRegistered(e Entry) string {
	return fmt.Sprintf("Văn thư %s đã tiếp nhận và đăng ký văn bản vào sổ văn bản đến, số đến %d, ngày %s.",
		d.Agency.Name, e.Number, e.Date)
}

func sayDirected(v Directive) string {
	s := fmt.Sprintf("%s đã phân công %s chủ trì giải quyết văn bản", v.By, v.Lead)
	if len(v.Support) > 0 {
		s += ", phối hợp: " + strings.Join(v.Support, ", ")
	}
	return s + sayDue(v.Due)
}

func (d *Desk) sayHandedOver(h HandOver) string {
	return fmt.Sprintf("Văn thư %s đã chuyển văn bản cho %s giải quyết", d.Agency.Name, h.To) + sayDue(h.Due)
}

func sayDue(due document.Date) string {
	if due.IsZero() {
		return "."
	}
	return ", thời hạn giải quyết: ngày " + due.String() + "."
}

func sayProgress(doc *Document) string {
	return doc.Assignee() + " đang giải quyết văn bản."
}

func (d *Desk) sayCompleted(c Completion) string {
	s := d.Agency.Name + " đã giải quyết xong văn bản"
	if c.Reply != "" {
		s += ", trả lời bằng văn bản số " + c.Reply
	}
	return s + "."
}

// sentenceEnd closes a clerk's text with a full stop unless it is closed.
func sentenceEnd(s string) string {
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}
