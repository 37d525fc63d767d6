package signer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/pdf"
)

// Classes of a file that cannot be signed. What the clerk reads is a *document.Problem around them.
var (
	// ErrNotPDF: the file is no PDF.
	ErrNotPDF = errors.New("not a PDF")
	// ErrEncrypted: the file is encrypted, with an empty password or not.
	ErrEncrypted = errors.New("encrypted PDF")
	// ErrCannotSign: the file is a PDF that must not or cannot be signed.
	ErrCannotSign = errors.New("cannot be signed")
)

// Inspect tells whether a file may be signed by the leader at all. The error
// is a *document.Problem that says what is wrong and what to do next.
func Inspect(in []byte) error { return inspect(bytes.NewReader(in)) }

func inspect(in sized) error {
	f, err := openSigned(in)
	if err != nil {
		return err
	}
	pages, err := f.Pages()
	if err != nil {
		return explain(err)
	}
	if err := refuseUnreadable(f); err != nil {
		return explain(err)
	}
	fields, err := f.Fields()
	if err != nil {
		return explain(err)
	}
	if err := refuseForm(f); err != nil {
		return err
	}
	if err := refuseScripts(f, pages); err != nil {
		return err
	}
	return refuseFields(f, fields)
}

// refuseUnreadable wants every object to be readable, needed or not: a strict
// verifier compares all of them and would have no verdict on our signatures.
func refuseUnreadable(f *pdf.File) error {
	refs := f.Refs()
	slices.SortFunc(refs, func(a, b pdf.Ref) int { return a.Num - b.Num }) // neighbours share an object stream
	for _, ref := range refs {
		if _, err := f.Object(ref); err != nil {
			return err
		}
	}
	return nil
}

// openSigned opens a file that is to be signed and explains a refusal.
func openSigned(in sized) (*pdf.File, error) {
	if in.Size() > maxSigned {
		return nil, document.Refuse(ErrCannotSign, fmt.Sprintf("Tệp quá lớn để ký (%d MB, tối đa %d MB).", in.Size()>>20, maxSigned>>20),
			"Quét lại với độ phân giải thấp hơn, hoặc tách phụ lục thành tệp riêng.")
	}
	f, err := openPDF(in)
	if err != nil {
		return nil, explain(err)
	}
	return f, nil
}

// explain turns an error into words for the clerk. What already has words, and
// what is not about the file (the key, a cancelled wait), stays as it is.
func explain(err error) error {
	var p *document.Problem
	switch {
	case err == nil, errors.As(err, &p):
		return err
	case errors.Is(err, pdf.ErrNotPDF):
		return document.Refuse(errors.Join(ErrNotPDF, err), "Tệp này không phải là PDF.", "Xuất văn bản ra PDF rồi chọn lại tệp.")
	case errors.Is(err, pdf.ErrEncrypted):
		return document.Refuse(errors.Join(ErrEncrypted, err), "Tệp PDF có mật khẩu hoặc bị khóa quyền.", "Lưu lại thành PDF không đặt mật khẩu rồi chọn lại tệp.")
	case errors.Is(err, pdf.ErrDamaged), errors.Is(err, pdf.ErrFilter):
		return document.Refuse(errors.Join(ErrCannotSign, err), "Cấu trúc tệp PDF bị hỏng.", "Xuất lại PDF từ tệp soạn thảo rồi chọn lại; không sửa tệp hỏng.")
	case errors.Is(err, ErrImage):
		return document.Refuse(err, "Ảnh chữ ký hoặc ảnh dấu không dùng được.", "Dùng ảnh PNG nền trong suốt, không quá 8 MB, rồi khai lại trong phần thiết lập.")
	case errors.Is(err, errPlace):
		return document.Refuse(err, "Vị trí ô số, ngày tháng, chữ ký hoặc dấu nằm ngoài trang.", "Chọn lại vị trí trên trang rồi ký.")
	case errors.Is(err, ErrTampered):
		return document.Refuse(err, "Tệp có chữ ký không còn nguyên vẹn.", "Không ký tiếp. Lấy lại bản gốc của tệp.")
	case errors.Is(err, ErrCannotSign):
		return document.Refuse(err, "Không ký được tệp này.", "Xuất lại PDF từ tệp soạn thảo rồi thử lại; nếu vẫn lỗi, báo người phụ trách kỹ thuật.")
	}
	return err
}

// refuseForm refuses dynamic forms and certified documents: fields may not be added to either.
func refuseForm(f *pdf.File) error {
	form, err := f.AcroForm()
	if err != nil {
		return explain(err)
	}
	if form.Has("XFA") {
		return document.Refuse(ErrCannotSign, "Tệp là biểu mẫu động (XFA); nội dung hiển thị không cố định nên không ký được.",
			"In biểu mẫu ra PDF thường rồi ký tệp đó.")
	}
	catalog, err := f.Catalog()
	if err != nil {
		return explain(err)
	}
	perms, err := f.Dict(catalog.Get("Perms"))
	if err != nil {
		return explain(err)
	}
	if perms.Has("DocMDP") {
		return certified()
	}
	return nil
}

func certified() error {
	return document.Refuse(ErrCannotSign, "Tệp đã được chứng nhận và cấm thay đổi; ký thêm sẽ làm hỏng chứng nhận đó.",
		"Xin lại tệp chưa chứng nhận từ người soạn thảo.")
}

// refuseScripts refuses a document that acts when it or a page of it is opened,
// and so can change what it shows. Scripts of form fields wait for somebody to
// type, which the leader's signature forbids.
func refuseScripts(f *pdf.File, pages []pdf.Page) error {
	catalog, err := f.Catalog()
	if err != nil {
		return explain(err)
	}
	names, err := f.Dict(catalog.Get("Names"))
	if err != nil {
		return explain(err)
	}
	action, err := f.Dict(catalog.Get("OpenAction"))
	if err != nil {
		return explain(err)
	}
	kind, _ := action.Get("S").(pdf.Name)
	acts := slices.ContainsFunc(pages, func(p pdf.Page) bool { return p.Dict.Has("AA") })
	if acts || names.Has("JavaScript") || catalog.Has("AA") || (kind != "" && kind != "GoTo") {
		return document.Refuse(ErrCannotSign, "Tệp chứa mã lệnh tự chạy nên nội dung hiển thị có thể thay đổi.",
			"Xuất lại PDF từ tệp soạn thảo, không kèm mã lệnh, rồi chọn lại.")
	}
	return nil
}

// refuseFields looks at the fields a file brings along. A file that others have
// signed is refused: the fields for number and date would be a change after
// their signature. One with our own fields and a leader's signature is a
// document for a second leader; with our fields alone it is a trap.
func refuseFields(f *pdf.File, fields []pdf.Field) error {
	ours, leader, foreign := false, false, false
	for _, fd := range fields {
		signed, err := isSigned(f, fd)
		if err != nil {
			return explain(err)
		}
		switch {
		case fd.Name == FieldAgency && signed:
			return document.Refuse(ErrCannotSign, "Tệp đã có chữ ký số của cơ quan.", "Văn bản đã đóng dấu không ký thêm được; hãy lập văn bản mới.")
		case isLeaderField(fd.Name) && signed:
			leader = true
		case strings.HasPrefix(fd.Name, "vanthu-"):
			ours = true
		case signed:
			foreign = true
		}
	}
	switch {
	case foreign:
		return document.Refuse(ErrCannotSign, "Tệp đã có chữ ký số từ trước; thêm ô số và ngày sẽ làm chữ ký đó không còn được công nhận.",
			"Dùng tệp PDF chưa ký, hoặc phát hành tệp đã ký như tệp đính kèm.")
	case ours && !leader:
		return document.Refuse(ErrCannotSign, "Tệp đã có sẵn các ô số, ngày hoặc dấu nhưng chưa có chữ ký của lãnh đạo.",
			"Xuất lại PDF từ tệp soạn thảo rồi chọn lại.")
	}
	return nil
}

// isSigned tells whether a signature field carries a signature, and refuses a certifying one.
func isSigned(f *pdf.File, fd pdf.Field) (bool, error) {
	if fd.Type != "Sig" || fd.Value == nil {
		return false, nil
	}
	sig, err := f.Dict(fd.Value)
	if err != nil || sig == nil {
		return false, err
	}
	refs, err := f.Array(sig.Get("Reference"))
	if err != nil {
		return false, err
	}
	for _, r := range refs {
		d, err := f.Dict(r)
		if err != nil {
			return false, err
		}
		if d.Get("TransformMethod") == pdf.Name("DocMDP") {
			return false, certified()
		}
	}
	return true, nil
}

// isLeaderField tells whether a field is a leader's signature of ours.
func isLeaderField(name string) bool {
	return name == FieldLeader || strings.HasPrefix(name, FieldLeader+"-")
}
