package ui

import (
	"charm.land/lipgloss/v2"

	"vanthu/internal/verdict"
)

// signatures draws the verdicts in words, file by file, signature by signature.
func (d *incomingDocument) signatures(p *page) {
	doc := d.doc
	switch {
	case d.checking:
		p.fact("Chữ ký số", "đang kiểm tra…")
		return
	case doc.Check == nil && hasPDF(doc):
		p.fact("Chữ ký số", "chưa kiểm tra (nhấn v để kiểm tra)")
		return
	case doc.Check == nil:
		return
	}
	for i, f := range doc.Check.Files {
		label := "Chữ ký số"
		if i > 0 {
			label = ""
		}
		v := f.Report.Document
		p.fact(fit(label, 10), verdictStyle(v).Render(v.Name())+": "+clean(f.Name))
		for _, s := range f.Report.Signatures {
			p.para("                    ", "                      ", signatureText(s, d.reason))
		}
	}
	for _, w := range doc.Check.Warnings {
		p.para("! ", "  ", clean(w))
	}
}

func verdictStyle(v verdict.Verdict) lipgloss.Style {
	switch v {
	case verdict.Valid, verdict.ValidOffline, verdict.ExpiredValidAtSigning:
		return goodStyle
	case verdict.Invalid:
		return wrongStyle
	}
	return headStyle
}

// signatureText is one signature in a line: whose, in what role, when, and the verdict.
func signatureText(s verdict.Signature, reason func(string) string) string {
	role := map[string]string{verdict.Person: "cá nhân", verdict.AgencyOf: "cơ quan", verdict.Timestamp: "dấu thời gian"}[s.Role]
	text := "- " + clean(s.Signer.Name)
	if role != "" {
		text += " (" + role + ")"
	}
	text += ": " + s.Verdict.Name()
	switch {
	case s.ProvenTime != nil:
		text += ", ký lúc " + moment(*s.ProvenTime) + " (có dấu thời gian)"
	case s.ClaimedTime != nil:
		text += ", ghi là ký lúc " + moment(*s.ClaimedTime)
	}
	for _, code := range s.Reasons {
		text += ". " + clean(reason(code))
	}
	return text
}
