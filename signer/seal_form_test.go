package signer

import (
	"bytes"
	"context"
	"testing"

	"vanthu/internal/document"
	"vanthu/internal/practice/form"
)

// practiceForm is a decision in the decree's form with blanks for number and date.
func practiceForm() form.Form {
	return form.Form{
		Superior: "Ủy ban nhân dân tỉnh An Giang", Issuer: "Ủy ban nhân dân xã Định Mỹ", Abbr: "UBND", Place: "Định Mỹ", TypeName: "Quyết định",
		Subject:    "Về việc thành lập Tổ công tác chuyển đổi số xã Định Mỹ",
		Body:       []string{"Điều 1. Thành lập Tổ công tác chuyển đổi số.", "Điều 2. Quyết định này có hiệu lực kể từ ngày ký."},
		Recipients: []string{"Như Điều 2", "Lưu: VT, VHXH"},
		Signer:     document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Văn Nghĩa"}, Year: 2026,
	}
}

// TestPracticeForm signs a document in the decree's form with the boxes its blanks have.
func TestPracticeForm(t *testing.T) {
	keys := newPKI(t)
	db := nssDB(t, keys.root)
	var in bytes.Buffer
	must(t, form.Write(&in, practiceForm()))
	layout, err := form.Layout(practiceForm())
	must(t, err)
	a, s := testApproval(t), testSealing(t)
	a.Layout, s.Layout = layout, layout
	approved, err := Approve(context.Background(), in.Bytes(), keys.leader, a)
	must(t, err)
	sealed, err := Seal(context.Background(), approved, keys.agency, s)
	must(t, err)
	judge(t, keys, db, in.Bytes(), sealed, false)
}
