package cli

import (
	"fmt"
	"io"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// sheet prints a packet for a person: one named value a line, the names in the
// decree's words (Decree 30/2020 Annex VI), empty values left out.
type sheet struct{ w io.Writer }

func (s sheet) row(name string, value any) {
	lines := strings.Split(fmt.Sprint(value), "\n")
	for i, line := range lines {
		lines[i] = clean(line)
	}
	if text := strings.Join(lines, "\n"+strings.Repeat(" ", 27)); text != "" {
		fmt.Fprintf(s.w, "%-26s %s\n", name+":", text)
	}
}

func (s sheet) rows(name string, values []string) {
	for _, v := range values {
		s.row(name, v)
	}
}

// count prints a number unless it is 0, which packets write for "not given".
func (s sheet) count(name string, n int) {
	if n != 0 {
		s.row(name, n)
	}
}

func printPacket(w io.Writer, p packetView) {
	s := sheet{w}
	s.rows("Lưu ý", p.Warnings)
	if p.Status != nil {
		s.status(p.Status)
	} else {
		s.document(p.Document)
	}
	if p.Sealed {
		s.row("Chữ ký của gói tin", "có; không kiểm tra, vì Trục in lại gói tin nên chữ ký này luôn hỏng")
	}
}

func (s sheet) status(v *statusView) {
	s.row("Loại gói tin", "Phản hồi trạng thái")
	s.row("Trạng thái", strings.TrimSpace(fmt.Sprintf("%s %s", v.Code, v.Code.Name())))
	s.row("Nội dung", v.Description)
	s.row("Thời điểm", v.TimeRaw)
	s.agency("Cơ quan phản hồi", v.From)
	s.row("Gửi tới", v.For.Organ)
	s.row("Mã định danh văn bản", v.For.ID)
	s.row("Số, ký hiệu văn bản", v.For.Reference)
	s.day("Ngày, tháng, năm văn bản", v.For.Date, v.ForRaw)
	s.staff(v.Staff)
}

func (s sheet) document(d *documentView) {
	s.row("Loại gói tin", businessName(d.Business.Type))
	s.row("Mã định danh văn bản", d.ID)
	s.row("Số của văn bản", d.Code.Number)
	s.row("Ký hiệu của văn bản", d.Code.Notation)
	s.day("Ngày, tháng, năm văn bản", d.Date, d.DateRaw)
	s.row("Nơi ban hành", d.Place)
	s.row("Tên loại văn bản", d.TypeName)
	s.row("Mã loại văn bản", fmt.Sprintf("%d, chi tiết %d", *d.Type, *d.TypeDetail))
	s.row("Trích yếu nội dung", d.Subject)
	s.row("Nội dung", d.Content)
	s.row("Quyền hạn ký", d.Signer.Competence)
	s.row("Chức vụ người ký", d.Signer.Position)
	s.row("Họ tên người ký", d.Signer.Name)
	s.day("Thời hạn trả lời", d.Due, d.DueRaw)
	s.other(d)
	s.agency("Cơ quan ban hành", d.From)
	for _, to := range d.To {
		s.agency("Cơ quan nhận", to)
	}
	s.rows("Nơi nhận", d.ToPlaces)
	s.answers(d)
	s.business(d.Business)
	for _, t := range d.Traces {
		s.row("Chặng đã qua", strings.TrimSpace(t.Time+" "+t.Organ))
	}
	for _, a := range d.Attachments {
		s.attachment(a)
	}
}

func (s sheet) other(d *documentView) {
	s.row("Mức độ khẩn", d.Urgency)
	s.row("Lĩnh vực", d.Sphere)
	s.row("Ký hiệu người soạn thảo", d.Typist)
	s.count("Số lượng bản phát hành", d.Copies)
	s.count("Số trang của văn bản", d.Pages)
	s.row("Trả lời văn bản (cũ)", d.ReplyFors)
	if d.Direction != nil {
		s.row("Có nội dung chỉ đạo", yesNo(*d.Direction))
	}
	s.row("Mã tham chiếu", d.References)
	s.rows("Phụ lục", d.Appendixes)
	if d.Steering != nil {
		s.row("Loại chỉ đạo", *d.Steering)
	}
}

func (s sheet) answers(d *documentView) {
	for i, r := range d.ReplyFor {
		day := r.Date.String()
		if day == "" && i < len(d.ReplyForRaw) {
			day = d.ReplyForRaw[i]
		}
		s.row("Trả lời văn bản", joined(r.Reference.String(), prefixed("ngày ", day), prefixed("của ", string(r.Organ)), prefixed("mã ", r.ID)))
	}
	s.rows("Trả lời nhiệm vụ", d.Tasks)
	s.row("Loại ứng dụng", d.Application)
}

func (s sheet) business(b businessView) {
	s.row("Lý do", b.Reason)
	s.row("Văn bản liên quan", b.DocumentID)
	s.row("Gửi kèm bản giấy", yesNo(b.Paper))
	if c := b.Changes; c != nil {
		s.row("Thay đổi thông tin", yesNo(c.Document))
		s.row("Thay đổi nơi nhận", yesNo(c.Receivers))
		for _, r := range c.List {
			s.row("Nơi nhận thay đổi", fmt.Sprintf("%s (loại %d)", r.Organ, r.Kind))
		}
	}
	for _, r := range b.Replaces {
		s.row("Thay thế văn bản", r.DocumentID)
		for _, organ := range r.Organs {
			s.row("  đã gửi tới", organ)
		}
	}
	s.staff(b.Staff)
}

func (s sheet) agency(name string, a document.Agency) {
	s.row(name, strings.TrimSpace(a.Name+" "+bracketed(string(a.Code))))
	s.row("  cơ quan chủ quản", a.InCharge)
	s.row("  địa chỉ", a.Address)
	s.row("  liên lạc", joined(a.Email, prefixed("điện thoại ", a.Phone), prefixed("fax ", a.Fax), a.Website))
}

func (s sheet) staff(v document.Staff) {
	s.row("Người liên hệ", strings.TrimSpace(v.Name+" "+bracketed(v.ID)))
	s.row("  đơn vị", strings.TrimSpace(v.Department+" "+bracketed(v.DepartmentID)))
	s.row("  liên lạc", joined(prefixed("di động ", v.Mobile), v.Email))
}

func (s sheet) attachment(a attachmentView) {
	s.row("Tệp kèm theo", fmt.Sprintf("%s (%s)", a.Name, joined(fmt.Sprintf("%d byte", a.Size), a.ContentType, prefixed("mã ", a.ID))))
	if a.Description != a.Name {
		s.row("  mô tả", a.Description)
	}
	s.row("  đã lưu tại", a.Path)
}

// day prints a date, and beside it the packet's text where that says something
// else or cannot be read.
func (s sheet) day(name string, d document.Date, raw string) {
	switch {
	case d.IsZero() && raw != "":
		s.row(name, fmt.Sprintf("%s (không đọc được)", raw))
	case raw != d.Axis() && raw != "":
		s.row(name, fmt.Sprintf("%s (gói tin ghi %s)", d, raw))
	default:
		s.row(name, d)
	}
}

func businessName(kind int) string {
	switch kind {
	case edxml.New:
		return "Văn bản mới"
	case edxml.Recall:
		return "Thu hồi văn bản"
	case edxml.Update:
		return "Cập nhật văn bản"
	case edxml.Replace:
		return "Thay thế văn bản"
	}
	return fmt.Sprintf("Nghiệp vụ %d", kind)
}

func yesNo(b bool) string {
	if b {
		return "có"
	}
	return "không"
}

// joined puts what is not empty in one row.
func joined(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, ", ")
}

func prefixed(word, value string) string {
	if value == "" {
		return ""
	}
	return word + value
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}
