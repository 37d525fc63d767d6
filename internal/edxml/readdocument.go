package edxml

import (
	"strings"

	"vanthu/internal/document"
)

func (p *Packet) readDocument(m, traces *node) {
	d := &Document{
		From:    p.agency(m.kid("From")),
		ID:      m.get("DocumentId"),
		Code:    document.Reference{Number: m.get("Code", "CodeNumber"), Notation: m.get("Code", "CodeNotation")},
		Place:   m.get("PromulgationInfo", "Place"),
		DateRaw: m.get("PromulgationInfo", "PromulgationDate"),
		Type: TypeInfo{
			Type:   number(m.get("DocumentType", "Type")),
			Detail: number(m.get("DocumentType", "TypeDetail")),
			Name:   m.get("DocumentType", "TypeName"),
		},
		Subject: m.get("Subject"),
		Content: m.get("Content"),
		Signer: document.Signer{
			Competence: m.get("SignerInfo", "Competence"),
			Position:   m.get("SignerInfo", "Position"),
			Name:       m.get("SignerInfo", "FullName"),
		},
		DueRaw:   m.get("DueDate"),
		Other:    p.other(m.kid("OtherInfo")),
		Steering: optionalNumber(m.get("SteeringType")),
		ToPlaces: texts(m.kid("ToPlaces"), "Place"),
		Tasks:    texts(m.kid("ResponseForTask"), "TaskCode"),
		Traces:   readTraces(traces),
		Business: p.business(traces.any("Bussiness", "Business")),
	}
	d.Application = m.get("ApplicationType")
	d.Date = p.date(d.DateRaw, "Ngày ban hành")
	d.Due = p.date(d.DueRaw, "Hạn trả lời")
	m.each("To", func(n *node) { d.To = append(d.To, p.agency(n)) })
	m.each("ResponseFor", func(n *node) {
		if ref := p.ref(n); ref != (document.Ref{}) {
			d.ResponseFor = append(d.ResponseFor, ref)
			d.ResponseRaw = append(d.ResponseRaw, n.get("PromulgationDate"))
		}
	})
	p.Document = d
	p.identify(d, m.get("Code"))
}

// identify fills what names the document: a Code written as one text instead
// of two elements, and the DocumentId when it is missing.
func (p *Packet) identify(d *Document, codeText string) {
	if d.Code.IsZero() && codeText != "" {
		if ref, err := document.ParseReference(codeText); err == nil {
			d.Code = ref
		} else {
			d.Code.Notation = codeText
		}
	}
	if d.ID == "" {
		d.ID = FallbackID(string(d.From.Code), d.DateRaw, d.Code.String())
		p.warn("Gói tin thiếu mã văn bản (DocumentId); dùng cơ quan, ngày và số ký hiệu thay thế.")
	}
}

func (p *Packet) other(n *node) Other {
	urgency, ok := document.ParseUrgency(n.get("Priority"))
	if raw := n.get("Priority"); !ok && raw != "" {
		p.warn("Độ khẩn “%s” không hiểu được, coi là thường.", short(raw))
	}
	return Other{
		Urgency:       urgency,
		Sphere:        n.get("SphereOfPromulgation"),
		TyperNotation: n.get("TyperNotation"),
		Amount:        number(n.get("PromulgationAmount")),
		Pages:         number(n.get("PageAmount")),
		Direction:     optionalTruth(n.get("Direction")),
		ReplyFors:     n.kid("ReplyFors").flat(),
		References:    n.kid("ReferenceCodes").flat(),
		Appendixes:    texts(n.kid("Appendixes"), "Appendix"),
	}
}

func readTraces(n *node) (all []Trace) {
	n.each("TraceHeader", func(k *node) {
		t := Trace{Organ: k.get("OrganId"), Time: k.get("Timestamp")}
		if strings.EqualFold(t.Organ, "null") {
			t.Organ = ""
		}
		all = append(all, t)
	})
	return all
}

// business reads what the packet wants. The misspelt names are those of the
// standard; some senders spell them well.
func (p *Packet) business(n *node) Business {
	b := Business{
		DocumentID: n.get("DocumentId"),
		Type:       p.businessType(n),
		Reason:     n.any("BussinessDocReason", "BusinessDocReason").get(),
		Paper:      truth(n.get("Paper")),
		Staff:      staff(n.kid("StaffInfo")),
	}
	if info := n.any("BussinessDocumentInfo", "BusinessDocumentInfo"); info != nil {
		b.Changes = p.changes(info)
	}
	n.kid("ReplacementInfoList").each("ReplacementInfo", func(k *node) {
		r := Replacement{DocumentID: k.get("DocumentId")}
		for _, raw := range texts(k.kid("OrganIdList"), "OrganId") {
			r.Organs = append(r.Organs, p.code(raw))
		}
		b.Replaces = append(b.Replaces, r)
	})
	if b.Type == Replace && len(b.Replaces) == 0 {
		p.warn("Gói tin thay thế không kê văn bản bị thay thế.")
	}
	return b
}

func (p *Packet) businessType(n *node) int {
	raw := n.any("BussinessDocType", "BusinessDocType").get()
	switch kind := optionalNumber(raw); {
	case n == nil:
		p.warn("Gói tin thiếu khối nghiệp vụ, coi là văn bản mới.")
	case raw == "":
	case kind == nil || *kind < New:
		p.warn("Loại nghiệp vụ “%s” không hiểu được, coi là văn bản mới.", short(raw))
	case *kind > Replace:
		p.warn("Loại nghiệp vụ %d không có trong quy chuẩn.", *kind)
		return *kind
	default:
		return *kind
	}
	return New
}

func (p *Packet) changes(n *node) *Changes {
	c := &Changes{Document: truth(n.get("DocumentInfo")), Receivers: truth(n.get("DocumentReceiver"))}
	n.kid("ReceiverList").each("Receiver", func(k *node) {
		c.List = append(c.List, Receiver{Organ: p.code(k.get("OrganId")), Kind: number(k.get("ReceiverType"))})
	})
	return c
}
