package page

import (
	"errors"

	"vanthu/internal/document"
)

// Classes of failure. Each reaches the clerk as a *document.Problem.
var (
	ErrUnreadable = errors.New("unreadable pdf")                 // not a PDF, or too damaged to show
	ErrEncrypted  = errors.New("encrypted pdf")                  // opens with a password only
	ErrLimit      = errors.New("pdf beyond limits")              // needs more memory or time than it may have
	ErrNumbered   = errors.New("number already typed")           // digits after "Số:"
	ErrDated      = errors.New("date already typed")             // digits between "ngày" and "năm"
	ErrNoYear     = errors.New("date line without year")         // "năm …"
	ErrNarrow     = errors.New("blank too narrow for a number")  // nothing between "Số:" and "/"
	ErrNoPlace    = errors.New("no place for number and date")   // text without blanks stands there
	ErrSeal       = errors.New("seal diameter beyond reason")    // not 10 to 80 mm
	ErrNoPage     = errors.New("no such page")                   // page number out of range
	errSandbox    = errors.New("pdfium sandbox does not answer") // the library changed under us
)

func unreadable() error {
	return document.Refuse(ErrUnreadable, "Không đọc được tệp PDF: tệp hỏng hoặc không phải PDF.",
		"Xuất lại PDF từ phần mềm soạn thảo rồi chọn lại tệp.")
}

func encrypted() error {
	return document.Refuse(ErrEncrypted, "Tệp PDF có mật khẩu nên không đọc được.",
		"Bỏ mật khẩu (in lại ra PDF) rồi chọn lại tệp.")
}

func beyondLimits() error {
	return document.Refuse(ErrLimit, "Tệp PDF quá lớn hoặc quá phức tạp để mở an toàn.",
		"In lại ra PDF với cỡ ảnh nhỏ hơn rồi chọn lại tệp.")
}

func numbered(number string) error {
	return document.Refuse(ErrNumbered, "Văn bản đã gõ sẵn số “"+number+"”.",
		"Để trống sau “Số:”; số do hệ thống cấp sau khi ký (Nghị định 30/2020/NĐ-CP, Điều 15).")
}

func dated() error {
	return document.Refuse(ErrDated, "Văn bản đã gõ sẵn ngày, tháng ban hành.",
		"Để trống ngày và tháng, chỉ ghi năm; ngày do hệ thống ghi khi cấp số (Nghị định 30/2020/NĐ-CP, Điều 15).")
}

func noYear() error {
	return document.Refuse(ErrNoYear, "Dòng ngày tháng chưa ghi đủ năm ban hành.",
		"Ghi đủ bốn chữ số của năm, để trống ngày và tháng, rồi xuất lại PDF.")
}

func narrow() error {
	return document.Refuse(ErrNarrow, "Chỗ trống cho số hoặc ngày, tháng quá hẹp.",
		"Chừa khoảng mười dấu cách sau “Số:” và sáu dấu cách cho ngày, cho tháng, rồi xuất lại PDF.")
}

func noPlace() error {
	return document.Refuse(ErrNoPlace, "Không tìm thấy chỗ trống cho số và ngày, tháng ban hành ở trang đầu.",
		"Ghi “Số:      /ký hiệu” và “ngày      tháng      năm …” theo mẫu Nghị định 30/2020/NĐ-CP, dùng phông Unicode (Times New Roman), rồi xuất lại PDF.")
}
