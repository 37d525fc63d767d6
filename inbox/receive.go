package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// Arrival is one packet fetched from the axis and made durable as a blob.
type Arrival struct {
	AxisID   string // the axis's id of this copy; opaque
	From, To document.Code
	Packet   store.Hash
	Size     int64 // bytes of the packet
}

// Receive takes a packet in: it reads it, keeps the files, and in one act
// writes the record, the acknowledgement to the axis and status 01 to the
// sender. A copy received before is returned as it is. A packet that cannot be
// read becomes a Quarantined record and is acknowledged "fail"; one marked as a
// state secret becomes a Refused stub without content (status 02), and the
// packet is deleted. ErrNotDocument: the packet is a status report.
func (d *Desk) Receive(ctx context.Context, a Arrival) (Document, error) {
	doc, err := d.receive(ctx, a)
	if err != nil {
		return Document{}, fmt.Errorf("receive %s: %w", a.AxisID, err)
	}
	if doc.State == Refused && doc.Origin.Packet == "" {
		return doc, d.dropSecret(a.Packet)
	}
	return doc, nil
}

func (d *Desk) receive(ctx context.Context, a Arrival) (Document, error) {
	if known, ok, err := d.ByAxisID(a.AxisID); err != nil || ok {
		return known, err
	}
	doc := Document{ID: d.NewID(), Origin: Origin{
		AxisID: a.AxisID, From: a.From, To: a.To, Arrived: d.now(), Packet: a.Packet, Size: a.Size,
	}}
	dir, err := os.MkdirTemp(d.TempDir, "packet-*")
	if err != nil {
		return Document{}, err
	}
	defer os.RemoveAll(dir)
	packet, err := d.open(a.Packet, dir)
	if err != nil {
		return d.quarantine(doc, err)
	}
	if packet.Document == nil {
		return Document{}, ErrNotDocument
	}
	if mark, found := secretMark(packet.Document); found {
		return d.refuseSecret(doc, packet.Document, mark)
	}
	doc.take(packet)
	d.warnAddressee(&doc, packet.Document.To)
	mark, found, err := d.pageMark(ctx, &doc, packet.Document.Attachments)
	if err != nil {
		return Document{}, err
	}
	if found {
		return d.refuseSecret(Document{ID: doc.ID, Origin: doc.Origin}, packet.Document, mark)
	}
	if err := d.keepFiles(ctx, &doc, packet.Document.Attachments); err != nil {
		return Document{}, err
	}
	return d.arrive(doc, EventArrive, "", func(tx *store.Tx, doc *Document, _ time.Time) (string, error) {
		return d.sayArrived(), d.noteDuplicate(tx, doc)
	})
}

func (d *Desk) open(h store.Hash, dir string) (*edxml.Packet, error) {
	f, err := d.Store.OpenBlob(h)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return edxml.Read(f, edxml.ReadOptions{Dir: dir, MaxPacket: d.MaxPacket, MaxFile: d.MaxFile})
}

// quarantine keeps an unreadable packet as evidence. Errors that say nothing
// about the packet (disk, store) are returned: the fetch is tried again.
func (d *Desk) quarantine(doc Document, cause error) (Document, error) {
	if !errors.Is(cause, edxml.ErrBroken) && !errors.Is(cause, edxml.ErrTooLarge) && !errors.Is(cause, edxml.ErrForbidden) {
		return Document{}, cause
	}
	doc.Unreadable = true
	doc.warn(quarantineReason(cause))
	return d.arrive(doc, EventQuarantine, cause.Error(), func(*store.Tx, *Document, time.Time) (string, error) {
		return "", nil
	})
}

func quarantineReason(cause error) string {
	switch {
	case errors.Is(cause, edxml.ErrTooLarge):
		return "Gói tin lớn quá mức cho phép nên không được mở."
	case errors.Is(cause, edxml.ErrForbidden):
		return "Gói tin chứa thành phần bị cấm (DTD hoặc thực thể XML), có thể là tấn công; không được mở."
	}
	return "Gói tin hỏng hoặc không đúng QCVN 102, không đọc được: đề nghị cơ quan gửi gửi lại."
}

// arrive writes a new record through its first event. The axis id is looked up
// again inside the transaction: of two fetches of one copy only one stays.
func (d *Desk) arrive(doc Document, e Event, detail string, change apply) (Document, error) {
	act := store.Act{Who: "system", What: "receive", Record: doc.ID, Detail: detail}
	err := d.Store.Update(act, func(tx *store.Tx) error {
		known, ok, err := findAxisID(tx, doc.Origin.AxisID)
		if err != nil {
			return err
		}
		if ok {
			doc = known
			return errKnown
		}
		if err := tx.Get(doc.ID, &Document{}); !errors.Is(err, store.ErrNotFound) {
			return cmp.Or(err, errTaken)
		}
		if doc.Origin.AxisID != "" { // the fetch is done with this: one commit less for each document
			if err := tx.FinishJob("fetch/" + doc.Origin.AxisID); err != nil {
				return err
			}
		}
		return d.step(tx, &doc, e, change)
	})
	if errors.Is(err, errKnown) {
		return doc, nil
	}
	return doc, err
}

// errTaken guards an older record against an ID given twice; the next try gets
// another.
var errTaken = errors.New("record id is taken")

// errKnown leaves a transaction that has nothing to do.
var errKnown = errors.New("received before")

func (d *Desk) keepFiles(ctx context.Context, doc *Document, attachments []edxml.Attachment) error {
	for _, a := range attachments {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := d.keepFile(a)
		if err != nil {
			return fmt.Errorf("file %q: %w", a.Name, err)
		}
		doc.Files = append(doc.Files, f)
	}
	if len(attachments) == 0 {
		doc.warn("Gói tin không có tệp văn bản nào.")
	}
	return nil
}

func (d *Desk) keepFile(a edxml.Attachment) (File, error) {
	r, err := a.Open()
	if err != nil {
		return File{}, err
	}
	defer r.Close()
	k := &kindReader{r: r}
	hash, size, err := d.Store.PutBlob(k, max(a.Size, 1))
	if err != nil {
		return File{}, err
	}
	name := document.CleanName(a.Name)
	return File{Name: name, Hash: hash, Size: size, Kind: kindOf(k.head, name), Description: a.Description}, nil
}

// ByAxisID finds the record of a copy received before.
func (d *Desk) ByAxisID(axisID string) (doc Document, ok bool, err error) {
	err = d.Store.View(func(tx *store.Tx) error {
		doc, ok, err = findAxisID(tx, axisID)
		return err
	})
	return doc, ok, err
}

func findAxisID(tx *store.Tx, axisID string) (Document, bool, error) {
	if axisID == "" {
		return Document{}, false, nil
	}
	for doc, err := range find(tx, indexAxis, clip(axisID)) {
		if err != nil {
			return Document{}, false, err
		}
		if doc.Origin.AxisID == axisID {
			return doc, true, nil
		}
	}
	return Document{}, false, nil
}
