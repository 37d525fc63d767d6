package cli

import (
	"fmt"
	"io"
	"strings"

	"vanthu/inbox"
	"vanthu/internal/verdict"
	"vanthu/internal/viet"
	"vanthu/signer"
)

// clean makes a text from outside safe for the terminal.
func clean(s string) string { return viet.Clean(s) }

// title names an incoming document on one line.
func title(doc inbox.Document) string {
	m := doc.Meta()
	return caption(m.Subject, m.TypeName, m.Code.String(), m.Issuer.Name)
}

// caption is what names a document and what it is about, on one line; either
// may be missing, in a draft or in a packet that cannot be read.
func caption(subject string, names ...string) string {
	name := strings.Join(strings.Fields(strings.Join(names, " ")), " ")
	subject = strings.Join(strings.Fields(subject), " ")
	switch {
	case name == "" && subject == "":
		return "(không có thông tin)"
	case name == "" || subject == "":
		return clean(name + subject)
	}
	return clean(name + ": " + subject)
}

// field prints a named value unless it is empty.
func field(w io.Writer, name string, value any) {
	if text := clean(fmt.Sprint(value)); text != "" {
		fmt.Fprintf(w, "%-16s %s\n", name+":", text)
	}
}

// printIncoming shows an incoming document to a person.
func printIncoming(w io.Writer, doc inbox.Document) {
	m := doc.Meta()
	fmt.Fprintln(w, title(doc))
	field(w, "Mã", doc.ID)
	field(w, "Trạng thái", doc.State.Name())
	if e := doc.Entry; e != nil {
		field(w, "Số đến", fmt.Sprintf("%d, ngày %s", e.Number, e.Date))
	}
	field(w, "Ngày văn bản", m.Date)
	field(w, "Người ký", m.Signer)
	field(w, "Độ khẩn", m.Urgency)
	field(w, "Nơi gửi", fmt.Sprintf("%s (%s)", m.Issuer.Name, doc.Origin.From))
	field(w, "Hạn", doc.Due())
	field(w, "Người giữ", doc.Assignee())
	if doc.Directive != nil {
		field(w, "Chỉ đạo", fmt.Sprintf("%s: %s", doc.Directive.By, doc.Directive.Text))
	}
	for _, n := range doc.Progress {
		field(w, "Tiến độ", n.Text)
	}
	if doc.Refusal != nil {
		field(w, "Lý do từ chối", doc.Refusal.Reason)
	}
	for i, f := range doc.Files {
		field(w, fmt.Sprintf("Tệp %d", i+1), fmt.Sprintf("%s (%d byte)", f.Name, f.Size))
	}
	printCheck(w, doc)
	for _, warning := range doc.Warnings {
		field(w, "Lưu ý", warning)
	}
}

// printCheck shows what the check of the signatures found.
func printCheck(w io.Writer, doc inbox.Document) {
	if doc.Check == nil {
		field(w, "Chữ ký số", "chưa kiểm tra")
		return
	}
	for _, f := range doc.Check.Files {
		fmt.Fprintf(w, "%s\n", clean(f.Name))
		printReport(w, f.Report)
	}
	for _, warning := range doc.Check.Warnings {
		field(w, "Lưu ý", warning)
	}
}

// printReport shows a signature report.
func printReport(w io.Writer, r verdict.Report) {
	field(w, "Chữ ký số", r.Document.Name())
	for _, s := range r.Signatures {
		who := s.Signer.Name
		if s.Signer.Organization != "" {
			who += ", " + s.Signer.Organization
		}
		field(w, "  - "+role(s.Role), fmt.Sprintf("%s: %s", who, s.Verdict.Name()))
		for _, reason := range s.Reasons {
			fmt.Fprintf(w, "      %s\n", clean(signer.ReasonText(reason)))
		}
		for _, change := range s.ChangesAfter {
			fmt.Fprintf(w, "      %s\n", clean(signer.ChangeText(change)))
		}
	}
}

func role(r string) string {
	switch r {
	case "person":
		return "người ký"
	case "agency":
		return "cơ quan"
	case "timestamp":
		return "dấu thời gian"
	}
	return "chữ ký"
}
