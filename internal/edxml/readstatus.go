package edxml

import "vanthu/internal/document"

func (p *Packet) readStatus(m *node) {
	s := &Status{
		From:        p.agency(m.kid("From")),
		For:         p.ref(m.kid("ResponseFor")),
		Staff:       staff(m.kid("StaffInfo")),
		Code:        document.Status(m.get("StatusCode")),
		Description: m.get("Description"),
		TimeRaw:     m.get("Timestamp"),
		ForRaw:      m.get("ResponseFor", "PromulgationDate"),
	}
	var ok bool
	if s.Time, ok = parseTime(s.TimeRaw); !ok && s.TimeRaw != "" {
		p.warn("Thời điểm “%s” không đọc được.", short(s.TimeRaw))
	}
	if s.For.ID == "" {
		s.For.ID = fallbackFor(s)
		p.warn("Phản hồi không ghi mã văn bản (DocumentId); dùng cơ quan, ngày và số ký hiệu thay thế.")
	}
	if s.Code == "" {
		p.warn("Phản hồi không ghi mã trạng thái.")
	}
	p.Status = s
}

// fallbackFor identifies the document reported on. Its sender receives the
// report, except for a retraction, which its sender writes.
func fallbackFor(s *Status) string {
	organ := s.For.Organ
	if s.Code == document.StatusRetract {
		organ = s.From.Code
	}
	return FallbackID(string(organ), s.ForRaw, s.For.Reference.String())
}
