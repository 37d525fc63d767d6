package inbox

import (
	"fmt"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/store"
)

// Direct writes down the leader's directive: who leads, who supports, by when
// (Decree 30 Art. 23.2), and queues status 04. The directive may be corrected
// until the document is handed over; the sender is told once.
func (d *Desk) Direct(id string, v Directive) (Document, error) {
	if err := v.check(); err != nil {
		return Document{}, fmt.Errorf("direct incoming %s: %w", id, err)
	}
	return d.act(id, EventDirect, v.Lead, func(_ *store.Tx, doc *Document, now time.Time) (string, error) {
		if err := dueDate(v.Due, now); err != nil {
			return "", err
		}
		v.At = now
		doc.Directive = &v
		return sayDirected(v), nil
	})
}

func (v *Directive) check() (err error) {
	if mark, found := document.SecretMark(v.Text); found {
		return document.RefuseSecret(mark)
	}
	if v.By, err = required("người chỉ đạo", v.By); err != nil {
		return err
	}
	if v.Lead, err = required("đơn vị hoặc người chủ trì", v.Lead); err != nil {
		return err
	}
	v.Text = strings.TrimSpace(v.Text)
	var support []string
	for _, s := range v.Support {
		if s = strings.TrimSpace(s); s != "" && s != v.Lead {
			support = append(support, s)
		}
	}
	v.Support = support
	return nil
}

// dueDate refuses a limit that has passed before the work begins.
func dueDate(due document.Date, now time.Time) error {
	if due.IsZero() || !due.Before(document.DateOf(now)) {
		return nil
	}
	return document.Refuse(ErrDate, "Thời hạn giải quyết "+due.String()+" đã qua.", "Chọn thời hạn từ hôm nay trở đi, hoặc để trống.")
}
