package edxml

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"vanthu/internal/document"
)

// statusCode is the form of a StatusCode; which codes exist is not judged.
var statusCode = regexp.MustCompile(`^[0-9]{2}$`)

// Check tells whether d makes a packet at all: the elements QCVN 102 demands
// and what the kind of its Business needs. The error is a *document.Problem of
// class ErrIncomplete naming the field. What is only too long for some
// receivers is told by Warnings.
func (d Document) Check() error {
	fields := d.fields()
	switch {
	case len(d.To) == 0:
		return incomplete("Văn bản chưa có nơi nhận.")
	case !exists(d.Date):
		return incomplete("Gói tin thiếu ngày ban hành hoặc ngày không có thật.")
	case !exists(d.Due) && !d.Due.IsZero():
		return incomplete("Gói tin có hạn trả lời không có thật.")
	case d.Other.Urgency < document.Normal || d.Other.Urgency > document.ExpressTimed, d.Type.Type < 0, d.Type.Detail < 0, d.Other.Amount < 0, d.Other.Pages < 0:
		return incomplete("Gói tin có độ khẩn, loại văn bản, số bản hoặc số trang không hợp lệ.")
	case len(d.Attachments) > maxFiles:
		return incomplete(fmt.Sprintf("Gói tin có quá nhiều tệp kèm theo (tối đa %d).", maxFiles))
	}
	for _, a := range d.Attachments {
		fields = append(fields, field{"tên tệp kèm theo", a.Name, true, 0})
		if a.Open == nil {
			return incomplete("Tệp kèm theo “" + a.Name + "” không có nội dung.")
		}
	}
	if err := check(fields); err != nil {
		return err
	}
	if err := d.Business.check(d.ID); err != nil {
		return err
	}
	return readable(func(p *printer) {
		files := parts(d.Attachments)
		p.envelope(d, files)
		for _, f := range files {
			p.in("Attachment", func() { p.labels(f, true) })
		}
	})
}

// Check tells whether s makes a valid report. A refusal, a retraction and a
// refused recall need their reason. The error is as that of Document.Check.
func (s Status) Check() error {
	if err := check(s.fields()); err != nil {
		return err
	}
	if !statusCode.MatchString(string(s.Code)) {
		return incomplete("Mã trạng thái phải gồm hai chữ số.")
	}
	if s.Time.IsZero() || !exists(document.DateOf(s.Time)) {
		return incomplete("Phản hồi thiếu thời điểm hoặc thời điểm không có thật.")
	}
	return readable(func(p *printer) { p.report(s) })
}

func check(fields []field) error {
	for _, f := range fields {
		if f.needed && strings.TrimSpace(f.value) == "" {
			return incomplete("Gói tin thiếu " + f.name + ".")
		}
	}
	return nil
}

// exists tells whether a date is one of the calendar that packets can carry.
func exists(d document.Date) bool {
	back, ok := parseDay(d.Axis())
	return ok && back == d
}

// readable refuses what our own reader does not take, for one of its texts or as
// a whole: it prints everything but the contents once to nowhere.
func readable(all func(p *printer)) error {
	const around = 1 << 20 // far more than root, declaration and the tags of the contents
	p := newPrinter(&capped{w: io.Discard, left: maxSkeleton - around})
	all(p)
	if err := p.w.Flush(); err != nil || p.long || p.nodes > maxNodes-2*maxFiles {
		return incomplete("Gói tin có phần dài quá mức mọi hệ thống đọc được.")
	}
	return nil
}

func incomplete(what string) error {
	return document.Refuse(ErrIncomplete, what, "Sửa thông tin văn bản rồi làm lại.")
}
