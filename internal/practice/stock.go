package practice

import (
	"vanthu/internal/document"
	"vanthu/internal/practice/form"
)

// letter is a document a neighbour may send, before it has number and date.
type letter struct {
	typeName string
	subject  string
	urgency  document.Urgency
	days     int // time to answer, in days; 0 = no limit
	text     []string
}

// stock is what each neighbour sends, in this order and then from the start
// again. The first of the province is what waits when the demo opens.
func stock(code document.Code) []letter {
	switch code {
	case "H01":
		return provinceStock()
	case "H01.12":
		return departmentStock()
	case "H01.152":
		return []letter{
			{"Công văn", "phối hợp bảo vệ đê bao tiểu vùng giáp ranh hai xã", document.Urgent, 5, []string{
				"Hiện nay mực nước trên kênh Núi Sập đang lên nhanh. Để bảo vệ lúa Thu Đông ở vùng giáp ranh, Ủy ban nhân dân xã Thoại Sơn đề nghị Ủy ban nhân dân xã Định Mỹ phối hợp tuần tra và gia cố các đoạn đê xung yếu.",
				"Rất mong nhận được sự phối hợp của quý cơ quan./."}},
			{"Giấy mời", "họp bàn quản lý chợ biên giáp ranh hai xã", document.Normal, 3, []string{
				"Ủy ban nhân dân xã Thoại Sơn trân trọng kính mời đại diện lãnh đạo Ủy ban nhân dân xã Định Mỹ dự họp bàn việc quản lý chợ ở vùng giáp ranh.",
				"Thời gian: 8 giờ 00 phút, tại Hội trường Ủy ban nhân dân xã Thoại Sơn./."}},
		}
	}
	return []letter{
		{"Công văn", "xác minh nơi cư trú của công dân (phường, xã cũ)", document.Normal, 7, []string{
			"Ủy ban nhân dân xã Vĩnh Trạch đề nghị Ủy ban nhân dân xã Định Mỹ xác minh quá trình cư trú của công dân trước khi sắp xếp đơn vị hành chính để giải quyết hồ sơ theo quy định.",
			"Kết quả xác minh xin gửi về Văn phòng Hội đồng nhân dân và Ủy ban nhân dân xã./."}},
		{"Thông báo", "lịch ngừng cấp nước để sửa đường ống liên xã", document.Urgent, 0, []string{
			"Trạm cấp nước sẽ ngừng cấp nước từ 7 giờ đến 17 giờ ngày thứ Bảy để sửa đường ống chính đi qua hai xã. Đề nghị quý cơ quan thông báo cho nhân dân biết./."}},
	}
}

func provinceStock() []letter {
	return []letter{
		{"Công điện", "tập trung ứng phó với đợt triều cường và mưa lớn", document.Express, 1, []string{
			"Theo Đài Khí tượng Thủy văn, trong 48 giờ tới mực nước trên các sông lên nhanh do triều cường kết hợp mưa lớn ở thượng nguồn.",
			"Chủ tịch Ủy ban nhân dân tỉnh yêu cầu Ủy ban nhân dân các xã, phường: trực ban 24/24 giờ; kiểm tra ngay các đoạn đê xung yếu; sẵn sàng di dời dân ra khỏi vùng sạt lở; báo cáo trước 16 giờ hằng ngày./."}},
		{"Quyết định", "giao chỉ tiêu kế hoạch phát triển kinh tế - xã hội năm sau cho các xã, phường", document.Normal, 15, []string{
			"Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
			"QUYẾT ĐỊNH:",
			"Điều 1. Giao chỉ tiêu kế hoạch phát triển kinh tế - xã hội cho Ủy ban nhân dân các xã, phường.",
			"Điều 2. Chánh Văn phòng Ủy ban nhân dân tỉnh, Giám đốc các sở và Chủ tịch Ủy ban nhân dân các xã, phường chịu trách nhiệm thi hành Quyết định này./."}},
		{"Kế hoạch", "rà soát, đơn giản hóa thủ tục hành chính ở cấp xã", document.Normal, 20, []string{
			"Rà soát toàn bộ thủ tục hành chính đang giải quyết ở cấp xã; đề xuất bãi bỏ giấy tờ mà cơ quan nhà nước đã có dữ liệu.",
			"Ủy ban nhân dân các xã, phường gửi kết quả rà soát về Sở Nội vụ để tổng hợp./."}},
	}
}

func departmentStock() []letter {
	return []letter{
		{"Công văn", "báo cáo số lượng, chất lượng cán bộ, công chức cấp xã", document.VeryUrgent, 3, []string{
			"Sở Nội vụ đề nghị Ủy ban nhân dân các xã, phường báo cáo số lượng, chất lượng cán bộ, công chức tính đến hết quý này.",
			"Báo cáo gửi về Sở Nội vụ qua trục liên thông văn bản để tổng hợp trình Ủy ban nhân dân tỉnh./."}},
		{"Hướng dẫn", "thực hiện chế độ báo cáo công tác văn thư, lưu trữ", document.Normal, 30, []string{
			"Sở Nội vụ hướng dẫn Ủy ban nhân dân các xã, phường thực hiện chế độ báo cáo thống kê công tác văn thư, lưu trữ hằng năm.",
			"Trong quá trình thực hiện nếu có vướng mắc, đề nghị liên hệ Sở Nội vụ để được hướng dẫn thêm./."}},
	}
}

// reasons are why a neighbour returns a document, each a real ground of
// Decree 30/2020 Art. 21.2b.
func reasons() []string {
	return []string{
		"Văn bản gửi không đúng thẩm quyền giải quyết của cơ quan nhận",
		"Nội dung đề nghị không thuộc địa bàn quản lý; đề nghị gửi đúng cơ quan",
	}
}

// draft is a document of our own for the clerk to send.
type draft struct {
	file string
	form form.Form
}

// drafts are put into the home's drafts folder.
func drafts(year int) []draft {
	leader := document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Lê Văn Nghĩa"}
	base := form.Form{Issuer: ourName, Abbr: "UBND", Place: ourPlace, Signer: leader, Year: year}
	report, letter, decision := base, base, base
	report.TypeName, report.Subject = "Báo cáo", "công tác ứng phó với triều cường trên địa bàn xã"
	report.Body = []string{
		"Thực hiện chỉ đạo của Ủy ban nhân dân tỉnh, Ủy ban nhân dân xã Định Mỹ báo cáo công tác ứng phó với đợt triều cường như sau:",
		"Xã đã tổ chức trực ban 24/24 giờ, kiểm tra 12 km đê bao, gia cố 03 đoạn xung yếu và chuẩn bị phương án di dời 27 hộ dân ở vùng có nguy cơ sạt lở.",
		"Đến nay trên địa bàn xã chưa có thiệt hại về người và tài sản./."}
	report.Recipients = []string{provinceName, "Sở Nội vụ tỉnh An Giang"}
	letter.TypeName, letter.Subject = "Công văn", "phối hợp tuần tra đê bao vùng giáp ranh"
	letter.Notation = "UBND-KT"
	letter.To = []string{"Ủy ban nhân dân xã Thoại Sơn", "Ủy ban nhân dân xã Vĩnh Trạch"}
	letter.Body = []string{
		"Ủy ban nhân dân xã Định Mỹ đề nghị quý cơ quan phối hợp tuần tra các đoạn đê bao ở vùng giáp ranh, thông tin kịp thời khi mực nước vượt báo động.",
		"Rất mong nhận được sự phối hợp của quý cơ quan./."}
	letter.Recipients = []string{"Như trên"}
	decision.TypeName, decision.Subject = "Quyết định", "thành lập Tổ công tác chuyển đổi số của xã"
	decision.Body = []string{
		"Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
		"QUYẾT ĐỊNH:",
		"Điều 1. Thành lập Tổ công tác chuyển đổi số của xã Định Mỹ gồm 07 thành viên theo danh sách kèm theo.",
		"Điều 2. Tổ công tác giúp Ủy ban nhân dân xã hướng dẫn người dân dùng dịch vụ công trực tuyến.",
		"Điều 3. Các thành viên Tổ công tác chịu trách nhiệm thi hành Quyết định này./."}
	decision.Recipients = []string{"Như Điều 3", provinceName}
	return []draft{{"bao-cao-trieu-cuong.pdf", report}, {"cong-van-tuan-tra-de.pdf", letter}, {"quyet-dinh-to-cong-tac.pdf", decision}}
}
