package inbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"iter"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/store"
)

// noteDuplicate warns when the document was received before over another copy
// (Decree 30 Annex VI Part I III.1h). Same identifier from the same sender:
// DuplicateOf is set. Same number, symbol, issuer and year: a warning only.
// Recalls, updates and replacements reuse the identifier and are no doubles.
func (d *Desk) noteDuplicate(tx *store.Tx, doc *Document) error {
	if doc.Business.Type != edxml.New {
		return nil
	}
	for other, err := range d.doubles(tx, doc, doc.Received) {
		if err != nil {
			return err
		}
		if sameID(doc, &other) {
			doc.DuplicateOf = other.ID
			doc.warn("Văn bản này đã đến trước đó" + arrivalOf(other) + ": cùng mã định danh văn bản.")
			return nil
		}
		doc.warn("Có thể trùng với văn bản đã đến" + arrivalOf(other) + ": cùng số, ký hiệu và cơ quan ban hành.")
	}
	return nil
}

// refuseDuplicate refuses the registration of a document that has its arrival
// number already on another record.
func (d *Desk) refuseDuplicate(tx *store.Tx, doc *Document, m Metadata) error {
	if doc.Business.Type != edxml.New {
		return nil
	}
	for other, err := range d.doubles(tx, doc, m) {
		if err != nil {
			return err
		}
		if other.Entry != nil {
			return document.Refuse(ErrDuplicate,
				fmt.Sprintf("Văn bản %s của %s đã vào sổ: số đến %d, ngày %s.", m.Code, m.Issuer.Name, other.Entry.Number, other.Entry.Date),
				"Không cấp số đến thứ hai: mở văn bản đã đăng ký. Nếu đúng là một văn bản khác, xác nhận đăng ký riêng.")
		}
	}
	return nil
}

// doubles yields the other records of the same document, refused ones apart.
func (d *Desk) doubles(tx *store.Tx, doc *Document, m Metadata) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for _, q := range []store.Entry{{Index: indexID, Value: clip(m.DocumentID)}, {Index: indexCode, Value: clip(codeKey(m))}} {
			if q.Value == "" {
				continue
			}
			for other, err := range find(tx, q.Index, q.Value) {
				if err == nil && !d.isDouble(doc, &other, m) {
					continue
				}
				if !yield(other, err) || err != nil {
					return
				}
			}
		}
	}
}

func (d *Desk) isDouble(doc, other *Document, m Metadata) bool {
	if other.ID == doc.ID || other.State == Refused || other.Business.Type != edxml.New {
		return false
	}
	return sameID(doc, other) || d.sameCode(m, other.Received) || d.sameCode(m, other.Meta())
}

func sameID(a, b *Document) bool {
	return a.Received.DocumentID != "" && a.Received.DocumentID == b.Received.DocumentID && a.sender() == b.sender()
}

// sameCode compares number, symbol, issuer and year. Issuers are compared by
// code; by folded name only where one of them has no code.
func (d *Desk) sameCode(a, b Metadata) bool {
	if k := codeKey(a); k == "" || k != codeKey(b) {
		return false
	}
	if a.Issuer.Code != "" && b.Issuer.Code != "" {
		return a.Issuer.Code == b.Issuer.Code
	}
	return d.fold(a.Issuer.Name) == d.fold(b.Issuer.Name)
}

func arrivalOf(other Document) string {
	if other.Entry == nil {
		return " ngày " + documentDay(other.Origin).String() + " (chưa vào sổ)"
	}
	return fmt.Sprintf(" (số đến %d, ngày %s)", other.Entry.Number, other.Entry.Date)
}

func documentDay(o Origin) document.Date { return document.DateOf(o.Arrived) }

// find yields the records whose entry in an index is exactly value.
func find(tx *store.Tx, index, value string) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for _, key := range tx.Keys(Kind, store.Window{Index: index, Prefix: value}) {
			var doc Document
			err := tx.Get(key, &doc)
			if err == nil && !doc.indexed(index, value) {
				continue
			}
			if !yield(doc, err) || err != nil {
				return
			}
		}
	}
}

// indexed tells an entry equal to value from one that only begins with it.
func (d *Document) indexed(index, value string) bool {
	for _, e := range d.Index() {
		if e.Index == index && e.Value == value {
			return true
		}
	}
	return false
}

// maxIndexed is the longest untrusted text indexed as it is, in bytes.
const maxIndexed = 200

// clip bounds untrusted text for an index: a longer one stands for its hash.
func clip(s string) string {
	if len(s) <= maxIndexed {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
