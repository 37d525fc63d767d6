package edxml

import (
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// code takes an agency code; a malformed one is kept as it stands, since such
// codes exist in live data ("000.1137.H53").
func (p *Packet) code(raw string) document.Code {
	if raw == "" || strings.EqualFold(raw, "null") {
		return ""
	}
	c, err := document.ParseCode(raw)
	if err != nil {
		p.warn("Mã định danh “%s” không đúng dạng, giữ nguyên như trong gói tin.", short(raw))
		return document.Code(raw)
	}
	return c
}

func (p *Packet) agency(n *node) document.Agency {
	return document.Agency{
		Code:     p.code(n.get("OrganId")),
		Name:     n.get("OrganName"),
		InCharge: n.get("OrganizationInCharge"),
		Address:  n.get("OrganAdd"),
		Email:    n.get("Email"),
		Phone:    n.get("Telephone"),
		Fax:      n.get("Fax"),
		Website:  n.get("Website"),
	}
}

// date reads a date; what names it in the warning is the clerk's word for it.
func (p *Packet) date(raw, what string) document.Date {
	d, ok := parseDay(raw)
	if !ok && raw != "" {
		p.warn("%s “%s” không đọc được.", what, short(raw))
	}
	return d
}

// parseDay reads the days met in the field, with or without a time: .NET writes
// UTC, so that a day of Vietnam begins at 17:00 of the one before. Its zero
// time, in the year 1, means none.
func parseDay(raw string) (document.Date, bool) {
	t, ok := parseTime(raw)
	if !ok {
		return document.Date{}, false
	}
	if d := document.DateOf(t); d.Year > 1 {
		return d, true
	}
	return document.Date{}, true
}

// ref reads a ResponseFor. Its Code is one text, "7816/VPCP-TTĐT"; what is no
// reference is kept as the notation.
func (p *Packet) ref(n *node) document.Ref {
	text := n.get("Code")
	reference, err := document.ParseReference(text)
	if err != nil || reference.String() != text {
		reference = document.Reference{Notation: text}
	}
	return document.Ref{
		Organ:     p.code(n.get("OrganId")),
		Reference: reference,
		Date:      p.date(n.get("PromulgationDate"), "Ngày của văn bản được trả lời"),
		ID:        n.get("DocumentId"),
	}
}

func staff(n *node) document.Staff {
	return document.Staff{
		Department:   n.get("Department"),
		DepartmentID: n.get("DepartmentId"),
		Name:         n.get("Staff"),
		ID:           n.get("StaffId"),
		Mobile:       n.get("Mobile"),
		Email:        n.get("Email"),
	}
}

// number reads a count; anything else is 0, as in the reference library.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func optionalNumber(s string) *int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil
	}
	return &n
}

func truth(s string) bool { return s == "1" || strings.EqualFold(s, "true") }

func optionalTruth(s string) *bool {
	if s == "" {
		return nil
	}
	v := truth(s)
	return &v
}

// texts gathers the non-empty texts of the children of that name. Some senders
// put the text right into the list.
func texts(n *node, name string) (all []string) {
	if n != nil && len(n.kids) == 0 && n.text != "" {
		return []string{n.text}
	}
	n.each(name, func(k *node) {
		if k.text != "" {
			all = append(all, k.text)
		}
	})
	return all
}

// short cuts a text from the packet for a warning.
func short(s string) string {
	r := []rune(s)
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
