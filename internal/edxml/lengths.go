package edxml

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vanthu/internal/document"
)

// field is a text of a packet by its name in the clerk's words: whether it must
// be there and how many characters receivers take (0: no limit known). The
// limits are those of Decree 30/2020 Annex VI and of the checker of one
// production server (axis.md §3.2).
type field struct {
	name, value string
	needed      bool
	max         int
}

// Warnings tells in Vietnamese which texts are longer than the standard allows.
// They are written whole all the same: some receivers take them, and a text cut
// in silence is worse than a packet refused.
func (d Document) Warnings() []string { return tooLong(d.fields()) }

// Warnings is as Document.Warnings.
func (s Status) Warnings() []string { return tooLong(s.fields()) }

func tooLong(fields []field) (all []string) {
	for _, f := range fields {
		if n := utf8.RuneCountInString(strings.TrimSpace(f.value)); f.max > 0 && n > f.max {
			all = append(all, fmt.Sprintf("Phần %s dài %d ký tự (quy chuẩn: tối đa %d); nơi nhận có thể từ chối.", f.name, n, f.max))
		}
	}
	return all
}

const (
	maxCode = 35 // characters of an agency code (QĐ 20/2020/QĐ-TTg)
	maxName = 200
)

func (d Document) fields() []field {
	fields := []field{
		{"mã định danh nơi gửi", string(d.From.Code), true, maxCode},
		{"tên cơ quan gửi", d.From.Name, true, maxName},
		{"mã văn bản", d.ID, true, 0},
		{"số văn bản", d.Code.Number, true, 11},
		{"ký hiệu văn bản", d.Code.Notation, true, 30},
		{"nơi ban hành", d.Place, false, 150},
		{"tên loại văn bản", d.Type.Name, true, 100},
		{"trích yếu", d.Subject, true, 500},
		{"nội dung", d.Content, false, 500},
		{"chức vụ người ký", d.Signer.Position, false, 100},
		{"họ tên người ký", d.Signer.Name, false, 50},
		{"lĩnh vực", d.Other.Sphere, false, 100},
		{"ký hiệu người đánh máy", d.Other.TyperNotation, false, 10},
		{"số trang", pageText(d.Other.Pages), false, len("999")},
		{"nơi nhận trên văn bản", strings.Join(d.ToPlaces, "; "), false, 1000},
	}
	for _, to := range d.To {
		fields = append(fields,
			field{"mã định danh nơi nhận", string(to.Code), true, maxCode},
			field{"tên cơ quan nhận", to.Name, false, maxName})
	}
	return fields
}

// pageText is the page count as its length is limited: three digits.
func pageText(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (s Status) fields() []field {
	reason := s.Code == document.StatusRefused || s.Code == document.StatusRetract || s.Code == document.StatusDeclined
	return []field{
		{"mã định danh nơi gửi", string(s.From.Code), true, maxCode},
		{"tên cơ quan gửi", s.From.Name, false, maxName},
		{"mã định danh nơi nhận phản hồi", string(s.For.Organ), true, maxCode},
		{"mã văn bản được phản hồi", s.For.ID, true, 0},
		{"mã trạng thái", string(s.Code), true, 0},
		{"lý do", s.Description, reason, 0},
	}
}
