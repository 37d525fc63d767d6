package inbox

import "vanthu/internal/document"

// MayForward tells whether the document may be passed on to other agencies. One
// that is not registered binds nobody (Decree 30/2020 Art. 4.2b, 22.1): ErrState.
// One without files: ErrNoFile.
func (d Document) MayForward() error {
	switch {
	case d.Entry == nil:
		return document.Refuse(ErrState, "Văn bản chưa vào sổ đến nên chưa chuyển tiếp được.",
			"Đăng ký văn bản trước khi chuyển tiếp; gửi nhầm thì từ chối để trả lại nơi gửi.")
	case len(d.Files) == 0:
		return document.Refuse(ErrNoFile, "Văn bản không có tệp nào để chuyển tiếp.", "Đề nghị nơi gửi gửi lại văn bản kèm tệp.")
	}
	return nil
}
