package edxml

import (
	"strings"

	"vanthu/internal/document"
)

// Kinds of Business.Type (BussinessDocType, sic).
const (
	New     = 0 // a new document
	Recall  = 1 // takes a sent document back (thu hồi)
	Update  = 2 // updates a sent document or its receivers (cập nhật)
	Replace = 3 // replaces earlier documents (thay thế)
)

// Business says what the packet wants: Bussiness (sic). A packet without the
// block is New. Each kind names the original in its own way (axis.md §3.4): a
// Recall and an Update repeat its DocumentId and Code in the packet's own, a
// Replace lists the replaced ones and has an identity of its own.
type Business struct {
	DocumentID string // the vendor's library repeats Document.ID here, its samples name older documents
	Type       int
	Reason     string
	Paper      bool // a paper copy follows
	Staff      document.Staff
	Changes    *Changes      // with Update, and only there
	Replaces   []Replacement // with Replace, and only there
}

// Changes is BussinessDocumentInfo: what an update changes.
type Changes struct {
	Document  bool // data of the document
	Receivers bool // the list of receivers
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

// check tells whether b is a valid variant of a packet for the document id.
func (b Business) check(id string) error {
	if b.Type != New && strings.TrimSpace(b.Reason) == "" {
		return incomplete("Gói tin thiếu lý do thu hồi, cập nhật hoặc thay thế.")
	}
	if b.Type != Update && b.Changes != nil {
		return incomplete("Chỉ gói tin cập nhật mới kê nội dung thay đổi.")
	}
	if b.Type != Replace && len(b.Replaces) > 0 {
		return incomplete("Chỉ gói tin thay thế mới kê văn bản bị thay thế.")
	}
	switch b.Type {
	case New:
		return nil
	case Recall:
		if b.DocumentID != "" && b.DocumentID != id {
			return incomplete("Gói tin thu hồi phải mang mã của chính văn bản bị thu hồi.")
		}
		return nil
	case Update:
		return b.Changes.check()
	case Replace:
		return checkReplaces(b.Replaces)
	}
	return incomplete("Gói tin có loại nghiệp vụ không hợp lệ.")
}

func (c *Changes) check() error {
	if c == nil || !c.Document && !c.Receivers {
		return incomplete("Gói tin cập nhật không ghi thay đổi gì.")
	}
	if len(c.List) > 0 && !c.Receivers {
		return incomplete("Gói tin cập nhật kê nơi nhận nhưng không báo thay đổi nơi nhận.")
	}
	for _, r := range c.List {
		if r.Organ == "" || r.Kind != 0 && r.Kind != 1 {
			return incomplete("Gói tin cập nhật có nơi nhận thiếu mã định danh hoặc sai loại.")
		}
	}
	return nil
}

func checkReplaces(all []Replacement) error {
	if len(all) == 0 {
		return incomplete("Gói tin thay thế không kê văn bản bị thay thế.")
	}
	for _, r := range all {
		if strings.TrimSpace(r.DocumentID) == "" {
			return incomplete("Gói tin thay thế thiếu mã của văn bản bị thay thế.")
		}
		for _, organ := range r.Organs {
			if organ == "" {
				return incomplete("Gói tin thay thế có nơi nhận thiếu mã định danh.")
			}
		}
	}
	return nil
}
