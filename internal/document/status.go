package document

// Status is what became of a document at a receiving body: the two-digit
// StatusCode of QCVN 102. Unknown codes are kept as they are.
type Status string

// The statuses in use. 07 to 12 and 14 were found in no source.
const (
	StatusArrived    Status = "01" // the receiving software has it
	StatusRefused    Status = "02" // the clerk refuses it, with a reason
	StatusAccepted   Status = "03" // entered in the incoming register
	StatusAssigned   Status = "04" // a leader named who handles it
	StatusProcessing Status = "05" // work goes on; may repeat
	StatusCompleted  Status = "06" // finished
	StatusRetract    Status = "13" // the sender asks for it back
	StatusAgreed     Status = "15" // the receiver agrees to recall or update
	StatusDeclined   Status = "16" // the receiver refuses recall or update
)

// Name is the Vietnamese name of the status; an unknown code names itself.
func (s Status) Name() string {
	switch s {
	case "":
		return ""
	case StatusArrived:
		return "Đã đến"
	case StatusRefused:
		return "Từ chối tiếp nhận"
	case StatusAccepted:
		return "Đã tiếp nhận"
	case StatusAssigned:
		return "Phân công"
	case StatusProcessing:
		return "Đang xử lý"
	case StatusCompleted:
		return "Hoàn thành"
	case StatusRetract:
		return "Lấy lại"
	case StatusAgreed:
		return "Đồng ý"
	case StatusDeclined:
		return "Từ chối cập nhật, lấy lại"
	}
	return "Trạng thái " + string(s)
}
