package cli

import (
	"fmt"
	"time"

	"vanthu/internal/document"
)

// queuePauseVerb holds everything back.
type queuePauseVerb struct {
	inOffice
	Until hour `placeholder:"GIỜ" help:"Tự chạy tiếp lúc này, như 14:00; đã qua thì là ngày mai. Không ghi: đến khi cho chạy tiếp."`
}

// held is the answer of the verbs that hold the queue back or let it go.
type held struct {
	Link weather `json:"link"`
}

func (v *queuePauseVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		until := v.Until.next(w.inbox.Clock())
		if err := w.courier.Pause(until); err != nil {
			return err
		}
		end := "chạy `vanthu queue resume` để chạy tiếp"
		if !until.IsZero() {
			end = "tự chạy tiếp lúc " + until.In(document.Zone()).Format("15:04 02/01/2006")
		}
		return c.sayf(held{w.weather(c.place != nil)}, "Đã tạm dừng gửi, nhận; %s.", end)
	})
}

// queueResumeVerb ends a pause.
type queueResumeVerb struct{ inOffice }

func (v *queueResumeVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		if err := w.courier.Resume(); err != nil {
			return err
		}
		return c.sayf(held{w.weather(c.place != nil)}, "Gửi, nhận chạy tiếp.")
	})
}

// queueLiftVerb lets today's budget be.
type queueLiftVerb struct{ inOffice }

func (v *queueLiftVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		if err := w.courier.LiftBudget(); err != nil {
			return err
		}
		words := "Hôm nay không tính hạn mức nữa; từ 0 giờ tính lại như thường."
		if w.office.Link.BudgetMB == 0 {
			words = "Cơ quan không đặt hạn mức mỗi ngày."
		}
		return c.sayf(held{w.weather(c.place != nil)}, "%s", words)
	})
}

// hour is a time of day on the command line; the zero value is none.
type hour struct {
	minute int
	given  bool
}

// UnmarshalText reads an hour.
func (h *hour) UnmarshalText(b []byte) error {
	t, err := time.Parse("15:04", string(b))
	if err != nil {
		return fmt.Errorf("giờ viết như 14:00, không phải %q", b)
	}
	*h = hour{t.Hour()*60 + t.Minute(), true}
	return nil
}

// next is the first such moment after now in the office's zone; zero for none.
func (h hour) next(now time.Time) time.Time {
	if !h.given {
		return time.Time{}
	}
	now = now.In(document.Zone())
	t := time.Date(now.Year(), now.Month(), now.Day(), 0, h.minute, 0, 0, now.Location())
	if !t.After(now) {
		t = t.AddDate(0, 0, 1)
	}
	return t
}
