package inbox

import (
	"context"
	"fmt"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/verdict"
	"vanthu/store"
)

// Inspect checks the signatures of every PDF of a document and keeps the
// result with it (TT 41/2017 Art. 9). It may be repeated, for instance when
// revocation data can be had again; what was found before is replaced, the
// journal keeps that it was done.
func (d *Desk) Inspect(ctx context.Context, id string) (Document, error) {
	if d.Verifier == nil {
		return Document{}, fmt.Errorf("inspect incoming %s: %w", id, document.Refuse(ErrNoVerifier, "Chưa có bộ kiểm tra chữ ký số.", "Cài kho chứng thư gốc tin cậy rồi kiểm tra lại."))
	}
	doc, err := d.Get(id)
	if err != nil {
		return Document{}, err
	}
	check, err := d.check(ctx, doc)
	if err != nil {
		return Document{}, fmt.Errorf("inspect incoming %s: %w", id, err)
	}
	act := store.Act{Who: d.who(), What: "inspect", Record: id, Detail: string(check.Report.Document)}
	err = d.Store.Update(act, func(tx *store.Tx) error {
		doc = Document{}
		if err := tx.Get(id, &doc); err != nil {
			return err
		}
		doc.Check = &check
		return tx.Put(&doc)
	})
	if err != nil {
		return Document{}, fmt.Errorf("inspect incoming %s: %w", id, err)
	}
	return doc, nil
}

func (d *Desk) check(ctx context.Context, doc Document) (Check, error) {
	c := Check{At: d.now(), Report: verdict.Report{Document: verdict.Unsigned}}
	for _, f := range doc.Files {
		if f.Kind != "pdf" {
			continue
		}
		report, err := d.verify(ctx, f)
		if err != nil {
			return Check{}, fmt.Errorf("file %q: %w", f.Name, err)
		}
		if len(c.Files) == 0 || badness(report.Document) > badness(c.Report.Document) {
			c.Report = report
		}
		c.Files = append(c.Files, FileCheck{Name: f.Name, Report: report})
	}
	c.Warnings = d.warnCheck(doc, c)
	return c, nil
}

func (d *Desk) verify(ctx context.Context, file File) (verdict.Report, error) {
	f, err := d.Store.OpenBlob(file.Hash)
	if err != nil {
		return verdict.Report{}, err
	}
	defer f.Close()
	return d.Verifier.Verify(ctx, f)
}

// badness orders verdicts: the document is worth no more than its worst file.
func badness(v verdict.Verdict) int {
	order := []verdict.Verdict{
		verdict.Valid, verdict.ExpiredValidAtSigning, verdict.ValidOffline,
		verdict.NotEnoughData, verdict.Unsigned, verdict.Invalid,
	}
	for i, o := range order {
		if o == v {
			return i
		}
	}
	return len(order)
}

// warnCheck says what the verdicts alone do not: whether both the authorised
// person and the agency signed the main file (Decree 30 Art. 5.1), and whether
// the agency that signed is the one that sent.
func (d *Desk) warnCheck(doc Document, c Check) []string {
	if len(c.Files) == 0 {
		return []string{"Văn bản không có tệp PDF nào để kiểm tra chữ ký số."}
	}
	var warnings []string
	agency := ""
	person := false
	for _, s := range c.Files[0].Report.Signatures {
		switch s.Role {
		case verdict.Person:
			person = true
		case verdict.AgencyOf:
			agency = s.Signer.Organization + "\n" + s.Signer.Name
		}
	}
	signed := len(c.Files[0].Report.Signatures) > 0
	if signed && !person {
		warnings = append(warnings, "Thiếu chữ ký số của người có thẩm quyền trên văn bản chính.")
	}
	if signed && agency == "" {
		warnings = append(warnings, "Thiếu chữ ký số của cơ quan trên văn bản chính.")
	}
	if agency != "" && !d.sameBody(agency, doc.Received.Issuer.Name) {
		name, _, _ := strings.Cut(strings.TrimSpace(agency), "\n")
		warnings = append(warnings, fmt.Sprintf("Chứng thư của cơ quan ký (%s) không khớp tên cơ quan gửi (%s): kiểm tra lại.", name, doc.Received.Issuer.Name))
	}
	return warnings
}

// sameBody compares names loosely: certificates shorten and lengthen them.
func (d *Desk) sameBody(certificate, name string) bool {
	short := strings.NewReplacer("ủy ban nhân dân", "ubnd", "uỷ ban nhân dân", "ubnd", "uy ban nhan dan", "ubnd")
	a, b := short.Replace(d.fold(certificate)), short.Replace(d.fold(name))
	if strings.Contains(a, b) {
		return true
	}
	for line := range strings.Lines(a) {
		if line = strings.TrimSpace(line); line != "" && strings.Contains(b, line) {
			return true
		}
	}
	return false
}

// errNoFile is the refusal of a file number that does not exist.
func errNoFile(n int) error {
	return document.Refuse(ErrNoFile, fmt.Sprintf("Văn bản không có tệp thứ %d.", n+1), "Chọn một tệp trong danh sách tệp của văn bản.")
}
