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
			p.para("                    ", "                      ", signatureText(s, v, d.reason))
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

// signatureText is one signature in a line: whose, in what role, when. The verdict and
// its reasons stand there when they are not those of the whole file.
func signatureText(s verdict.Signature, file verdict.Verdict, reason func(string) string) string {
	text := "- " + clean(s.Signer.Name)
	if role := roleText(s.Role); role != "" {
		text += " (" + role + ")"
	}
	switch {
	case s.ProvenTime != nil:
		text += ", ký lúc " + moment(*s.ProvenTime) + " (có dấu thời gian)"
	case s.ClaimedTime != nil:
		text += ", ghi là ký lúc " + moment(*s.ClaimedTime)
	}
	if s.Verdict != file {
		text += ": " + s.Verdict.Name()
	}
	for _, code := range s.Reasons {
		if code != "revocation-not-checked" || s.Verdict != verdict.ValidOffline { // the verdict says so already
			text += ". " + clean(reason(code))
		}
	}
	return text
}

func roleText(role string) string {
	switch role {
	case verdict.Person:
		return "cá nhân"
	case verdict.AgencyOf:
		return "cơ quan"
	case verdict.Timestamp:
		return "dấu thời gian"
	}
	return ""
}
