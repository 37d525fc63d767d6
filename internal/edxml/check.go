package edxml

import (
	"strings"
	"unicode/utf8"

	"vanthu/internal/document"
)

// rule is one demand on a field: it must be there, or it must not be longer
// than max characters (0: no limit).
type rule struct {
	field, value string
	needed       bool
	max          int
}

// Check tells whether d makes a packet that receivers accept: the fields QCVN
// 102 demands, the lengths of Decree 30/2020 Annex VI. The error is a
// *document.Problem of class ErrIncomplete naming the field.
func (d Document) Check() error {
	rules := []rule{
		{"mã định danh nơi gửi", string(d.From.Code), true, 35},
		{"tên cơ quan gửi", d.From.Name, true, 200},
		{"mã văn bản", d.ID, true, 0},
		{"số văn bản", d.Code.Number, true, 11},
		{"ký hiệu văn bản", d.Code.Notation, true, 30},
		{"nơi ban hành", d.Place, false, 150},
		{"ngày ban hành", d.Date.Axis(), true, 0},
		{"tên loại văn bản", d.Type.Name, true, 100},
		{"trích yếu", d.Subject, true, 500},
		{"nội dung", d.Content, false, 500},
		{"chức vụ người ký", d.Signer.Position, false, 100},
		{"họ tên người ký", d.Signer.Name, false, 50},
		{"lĩnh vực", d.Other.Sphere, false, 100},
		{"ký hiệu người đánh máy", d.Other.TyperNotation, false, 10},
		{"nơi nhận", strings.Join(d.ToPlaces, "; "), false, 1000},
	}
	if len(d.To) == 0 {
		return incomplete("Văn bản chưa có nơi nhận.")
	}
	for _, to := range d.To {
		rules = append(rules,
			rule{"mã định danh nơi nhận", string(to.Code), true, 35},
			rule{"tên cơ quan nhận", to.Name, false, 200})
	}
	for _, a := range d.Attachments {
		rules = append(rules, rule{"tên tệp kèm theo", a.Name, true, 0})
		if a.Open == nil {
			return incomplete("Tệp kèm theo “" + a.Name + "” không có nội dung.")
		}
	}
	return check(rules)
}

// Check tells whether s makes a valid report. A refusal, a retraction and a
// refused recall need their reason. The error is as that of Document.Check.
func (s Status) Check() error {
	reason := s.Code == document.StatusRefused || s.Code == document.StatusRetract || s.Code == document.StatusDeclined
	rules := []rule{
		{"mã định danh nơi gửi", string(s.From.Code), true, 35},
		{"mã định danh nơi nhận phản hồi", string(s.For.Organ), true, 35},
		{"mã văn bản được phản hồi", s.For.ID, true, 0},
		{"mã trạng thái", string(s.Code), true, 2},
		{"lý do", s.Description, reason, 0},
	}
	if s.Time.IsZero() {
		return incomplete("Phản hồi thiếu thời điểm.")
	}
	return check(rules)
}

func check(rules []rule) error {
	for _, r := range rules {
		switch value := strings.TrimSpace(r.value); {
		case r.needed && value == "":
			return incomplete("Gói tin thiếu " + r.field + ".")
		case r.max > 0 && utf8.RuneCountInString(value) > r.max:
			return incomplete("Gói tin có " + r.field + " quá dài (tối đa " + document.FormatNumber(r.max) + " ký tự).")
		}
	}
	return nil
}

func incomplete(what string) error {
	return document.Refuse(ErrIncomplete, what, "Sửa thông tin văn bản rồi làm lại.")
}
