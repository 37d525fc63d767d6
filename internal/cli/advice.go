package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"syscall"

	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/signer"
	"vanthu/store"
)

// complain writes the reason of an error and the next step on one line of
// stderr, and gives the exit code it means.
func complain(stderr io.Writer, err error) int {
	var u *usageError
	if errors.As(err, &u) {
		help := strings.TrimSpace(strings.TrimPrefix(u.verb, "vanthu"))
		fmt.Fprintf(stderr, "vanthu: %s\n", sentence(u.what, "Xem `"+strings.Join(strings.Fields("vanthu "+help+" --help"), " ")+"`."))
		return Misuse
	}
	what, next := advise(err)
	fmt.Fprintf(stderr, "vanthu: %s\n", sentence(what, next))
	return Failed
}

// sentence joins the reason and the next step.
func sentence(what, next string) string {
	what = strings.Join(strings.Fields(what), " ")
	if next == "" {
		return what
	}
	if !strings.HasSuffix(what, ".") && !strings.HasSuffix(what, "!") && !strings.HasSuffix(what, "?") {
		what += "."
	}
	return what + " " + strings.Join(strings.Fields(next), " ")
}

// advise says in Vietnamese what went wrong and what to do. A Problem brings
// its own words; for the other classes they are here.
func advise(err error) (what, next string) {
	var p *document.Problem
	if errors.As(err, &p) {
		return p.What, p.Next
	}
	var pin *signer.PINError
	if errors.As(err, &pin) && pin.Left > 0 {
		return fmt.Sprintf("Sai mã PIN; còn khoảng %d lần thử.", pin.Left), "Hỏi lại chủ thiết bị rồi nhập lại; không thử mò."
	}
	for _, known := range advices() {
		if errors.Is(err, known.class) {
			if known.detail {
				return strings.TrimSuffix(known.what, ".") + " (" + detail(err) + ").", known.next
			}
			return known.what, known.next
		}
	}
	return "Chương trình gặp lỗi: " + err.Error(), "Thử lại; nếu vẫn vậy, chạy `vanthu check` và báo người quản trị."
}

// detail is what helps the administrator: the path where the system names
// one, else the chain of what was being done.
func detail(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Path
	}
	return err.Error()
}

// advice is the clerk's sentence for one class of errors.
type advice struct {
	class      error
	what, next string
	detail     bool // the error's own text helps the administrator
}

// advices is the table from class to words, the more particular first.
func advices() []advice {
	return slices.Concat(keyAdvices(), systemAdvices(), []advice{
		{store.ErrLocked, "Thư mục này đang được một chương trình vanthu khác sử dụng.", "Đóng chương trình đó rồi mở lại, hoặc làm việc ngay ở màn hình đang mở.", false},
		{store.ErrFull, "Ổ đĩa đã đầy; chưa có gì bị ghi dở.", "Xóa bớt tệp không cần trên ổ đĩa rồi làm lại.", false},
		{store.ErrNewer, "Dữ liệu này do một phiên bản vanthu mới hơn tạo ra.", "Cài phiên bản vanthu mới nhất rồi mở lại; đừng dùng bản cũ.", false},
		{store.ErrDamaged, "Dữ liệu trên đĩa bị hỏng.", "Chạy `vanthu check` để xem chỗ hỏng và dùng bản sao lưu gần nhất.", true},
		{store.ErrExists, "Thư mục này đã có dữ liệu.", "Chọn thư mục khác bằng --home.", false},
		{store.ErrTooLarge, "Tệp quá lớn.", "Chia nhỏ hoặc nén tệp rồi làm lại.", false},
		{store.ErrNotFound, "Không tìm thấy.", "Xem mã văn bản bằng `vanthu list incoming` hoặc `vanthu list outgoing`.", true},
		{store.ErrDateOrder, "Ngày ghi sổ trước ngày của số liền trước.", "Kiểm tra lại ngày và đồng hồ máy tính.", false},
		realOffice(),
		{edxml.ErrTooLarge, "Gói tin hoặc tệp kèm theo quá lớn.", "Đề nghị nơi gửi chia nhỏ hoặc giảm dung lượng tệp.", true},
		{edxml.ErrTraversal, "Gói tin có tên tệp tìm cách ghi ra ngoài thư mục nên không mở.", "Không tiếp nhận; báo nơi gửi gửi lại gói tin đúng quy chuẩn.", true},
		{edxml.ErrForbidden, "Gói tin chứa thứ bị cấm nên không mở.", "Không tiếp nhận; báo nơi gửi gửi lại gói tin đúng quy chuẩn.", true},
		{edxml.ErrEncoding, "Gói tin không viết bằng UTF-8 nên không đọc được.", "Đề nghị nơi gửi gửi lại gói tin đúng quy chuẩn (UTF-8).", true},
		{edxml.ErrBroken, "Gói tin hỏng hoặc không phải edXML.", "Đề nghị nơi gửi gửi lại văn bản.", true},
		{axis.ErrUntrusted, "Chứng thư của trục không được tin cậy, hoặc trục không nhận chứng thư của máy này.", "Kiểm tra giờ máy và các tệp roots, client_cert ở mục [axis] của vanthu.toml; không gửi gì cho đến khi rõ.", true},
		{courier.ErrNeedsClerk, "Trục không nhận yêu cầu của cơ quan này.", "Kiểm tra mã hệ thống và khóa bí mật ở mục [axis] của vanthu.toml, rồi xem `vanthu queue`.", true},
		{courier.ErrOffline, "Không tới được trục liên thông.", "Kiểm tra mạng; văn bản vẫn nằm trong hàng đợi và sẽ được gửi khi có mạng.", true},
		{courier.ErrRejected, "Trục từ chối.", "Xem `vanthu queue` để biết lý do; kiểm tra mã hệ thống và khóa bí mật.", true},
		{courier.ErrBusy, "Trục đang bận hoặc trả lời không hiểu được.", "Thử lại sau ít phút.", true},
		{axis.ErrConfig, "Mục [axis] trong vanthu.toml chưa dùng được.", "Kiểm tra địa chỉ, mã hệ thống và tệp khóa bí mật.", true},
		{fs.ErrNotExist, "Không có tệp hoặc thư mục.", "Kiểm tra lại đường dẫn.", true},
		{fs.ErrPermission, "Không có quyền đọc hoặc ghi.", "Kiểm tra quyền của tệp, thư mục.", true},
		{context.Canceled, "Đã dừng theo yêu cầu.", "", false},
		{context.DeadlineExceeded, "Quá thời gian chờ.", "Thử lại.", true},
	})
}

// systemAdvices are the words for what the operating system refuses.
func systemAdvices() []advice {
	return []advice{
		{syscall.ENOSPC, "Ổ đĩa đã đầy; chưa có gì bị ghi dở.", "Xóa bớt tệp không cần trên ổ đĩa rồi làm lại.", false},
		{syscall.EDQUOT, "Đã hết dung lượng đĩa được cấp; chưa có gì bị ghi dở.", "Xóa bớt tệp không cần hoặc xin thêm dung lượng rồi làm lại.", false},
		{syscall.EROFS, "Ổ đĩa chỉ cho đọc.", "Chọn nơi khác, hoặc bỏ khóa ghi của ổ đĩa rồi làm lại.", true},
		{errNotFile, "Đây không phải là tệp", "Chọn một tệp.", true},
		{syscall.EISDIR, "Đây là thư mục, không phải tệp", "Chọn một tệp.", true},
		{syscall.ENOTDIR, "Đường dẫn đi qua một tệp, không phải thư mục", "Kiểm tra lại đường dẫn.", true},
		{fs.ErrExist, "Đã có tệp cùng tên; không ghi đè", "Chọn tên khác.", true},
	}
}

// otherVersion refuses a call from another build of the program.
func otherVersion() error {
	return document.Refuse(errOther, "Chương trình đang mở là một bản vanthu khác.", "Đóng màn hình đang mở rồi chạy lại bằng cùng một bản.")
}

// ownerGone is the owner going away in the middle of an answer.
func ownerGone(err error) error {
	return document.Refuse(fmt.Errorf("%w: %w", errOther, err), "Chương trình đang mở thư mục này đã đóng giữa chừng.", "Chạy lại lệnh; dùng `vanthu show` để xem việc đã làm xong chưa.")
}

// errOther is trouble with the process that owns the home.
var errOther = errors.New("owner process")
