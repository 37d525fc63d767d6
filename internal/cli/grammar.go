package cli

// about is the program in one sentence.
const about = "vanthu: phần mềm văn thư của xã — nhận, đăng ký, trình, chuyển giao văn bản đến; ký số, cấp số, phát hành văn bản đi qua trục liên thông, cả khi mất mạng."

// grammar is the command line. One field is one verb; its type, in the file
// named after it, holds the words it takes and does the work.
type grammar struct {
	Help helpFlag `short:"h" help:"In hướng dẫn này."`
	Home string   `placeholder:"THƯ-MỤC" env:"VANTHU_HOME" help:"Thư mục dữ liệu của cơ quan."`
	JSON bool     `name:"json" help:"In kết quả thành một đối tượng JSON."`

	Screen screenVerb `cmd:"" default:"1" name:"screen" help:"Mở màn hình làm việc (việc mặc định)."`
	Demo   demoVerb   `cmd:"" help:"Mở cơ quan tập: trục, cơ quan bạn và khóa ký đều là đồ tập."`
	Init   initVerb   `cmd:"" help:"Thiết lập cơ quan."`
	Sync   syncVerb   `cmd:"" help:"Nhận và gửi qua trục, không mở màn hình."`

	List    listVerb    `cmd:"" help:"Danh sách văn bản đến hoặc đi."`
	Show    showVerb    `cmd:"" help:"Xem một văn bản."`
	Save    saveVerb    `cmd:"" help:"Lưu tệp của văn bản ra thư mục."`
	Forward forwardVerb `cmd:"" help:"Chuyển tiếp văn bản đến cho cơ quan khác."`

	Inspect  inspectVerb  `cmd:"" help:"Kiểm tra chữ ký số của văn bản đến."`
	Register registerVerb `cmd:"" help:"Đăng ký văn bản đến: cấp số đến."`
	Refuse   refuseVerb   `cmd:"" help:"Từ chối tiếp nhận văn bản đến."`
	Submit   submitVerb   `cmd:"" help:"Trình văn bản đến."`
	Direct   directVerb   `cmd:"" help:"Ghi ý kiến chỉ đạo."`
	HandOver handOverVerb `cmd:"" help:"Chuyển giao văn bản đến."`
	Progress progressVerb `cmd:"" help:"Ghi tiến độ giải quyết."`
	Complete completeVerb `cmd:"" help:"Kết thúc giải quyết văn bản đến."`

	Draft    draftVerb    `cmd:"" help:"Lập dự thảo văn bản đi từ tệp PDF."`
	Edit     editVerb     `cmd:"" help:"Sửa dự thảo."`
	Sign     signVerb     `cmd:"" help:"Người có thẩm quyền ký số."`
	Number   numberVerb   `cmd:"" help:"Cấp số, ngày cho văn bản đã ký."`
	Seal     sealVerb     `cmd:"" help:"Ký số của cơ quan."`
	Issue    issueVerb    `cmd:"" help:"Phát hành: xếp văn bản vào hàng đợi gửi."`
	Discard  discardVerb  `cmd:"" help:"Bỏ dự thảo."`
	PutAside putAsideVerb `cmd:"" help:"Ghi là đã xử lý việc nơi nhận từ chối."`
	Void     voidVerb     `cmd:"" help:"Hủy văn bản đã cấp số; số không dùng lại."`

	Agencies agenciesVerb `cmd:"" help:"Tìm cơ quan nhận trong danh bạ của trục."`
	Queue    queueVerb    `cmd:"" help:"Xem hàng đợi và đường truyền."`
	Book     bookVerb     `cmd:"" help:"Xem sổ đăng ký văn bản."`
	Verify   verifyVerb   `cmd:"" help:"Kiểm tra chữ ký số của một tệp PDF."`

	Packet struct {
		Show packetShowVerb `cmd:"" help:"Xem gói tin edXML."`
		Pack packetPackVerb `cmd:"" help:"Đóng gói tin edXML từ mô tả JSON."`
	} `cmd:"" help:"Gói tin edXML."`
	Axis struct {
		Serve axisServeVerb `cmd:"" help:"Chạy trục mô phỏng."`
	} `cmd:"" help:"Trục mô phỏng."`
	Token struct {
		List  tokenListVerb  `cmd:"" help:"Các khóa ký số tìm thấy."`
		Check tokenCheckVerb `cmd:"" help:"Ký thử bằng một khóa."`
	} `cmd:"" help:"Thiết bị ký số."`
	Check   checkVerb   `cmd:"" help:"Kiểm tra toàn bộ dữ liệu."`
	Backup  backupVerb  `cmd:"" help:"Sao lưu vào một tệp."`
	Restore restoreVerb `cmd:"" help:"Phục hồi từ tệp sao lưu vào thư mục chưa có dữ liệu."`
}
