package practice

import (
	"vanthu/internal/document"
	"vanthu/internal/office"
)

// PIN opens both practice keys. It stands in the open, on the demo's screen
// and in the manual, because the keys it guards are worth nothing.
const PIN = "123456"

// ours is the practice office.
const (
	ourSystem    = "H01.W151"
	ourName      = "Ủy ban nhân dân xã Định Mỹ"
	ourPlace     = "Định Mỹ"
	provinceName = "Ủy ban nhân dân tỉnh An Giang"
)

const ourCode document.Code = "H01.151"

// person is one of the neighbours' people.
type person struct {
	document.Signer
	clerk document.Staff
}

// body is one neighbour as the story tells it.
type body struct {
	agency   document.Agency
	system   string
	superior string // first line of the letterhead
	abbr     string
	place    string
	people   person
	// also are bodies of the same system that the neighbour answers for; they
	// fill the directory.
	also []document.Agency
}

// bodies are the neighbours. The names of places are real, the people and
// codes are made up.
func bodies() []body {
	return []body{
		{
			agency: document.Agency{Code: "H01", Name: provinceName, Address: "Đường Nguyễn Trung Trực, An Giang", Email: "vanthu.ubnd@thuchanh.vn"},
			system: "H01.W00", abbr: "UBND", place: "An Giang",
			people: person{document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Hồ Văn Mừng"},
				document.Staff{Department: "Văn phòng UBND tỉnh", Name: "Trịnh Thị Ngọc Ánh", Mobile: "0296 300 0001", Email: "vanthu.ubnd@thuchanh.vn"}},
			also: others(),
		},
		{
			agency: document.Agency{Code: "H01.12", Name: "Sở Nội vụ tỉnh An Giang", Email: "vanthu.snv@thuchanh.vn"},
			system: "H01.W12", superior: provinceName, abbr: "SNV", place: "An Giang",
			people: person{document.Signer{Position: "Giám đốc", Name: "Lý Thị Bảo Quỳnh"},
				document.Staff{Department: "Văn phòng Sở", Name: "Đỗ Hữu Ích", Mobile: "0296 300 0012", Email: "vanthu.snv@thuchanh.vn"}},
		},
		{
			agency: document.Agency{Code: "H01.152", Name: "Ủy ban nhân dân xã Thoại Sơn", Email: "thoaison@thuchanh.vn"},
			system: "H01.W152", abbr: "UBND", place: "Thoại Sơn",
			people: person{document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Ngọc Vĩnh Ý"},
				document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Phan Thị Mỹ Ửng", Mobile: "0296 300 0152", Email: "thoaison@thuchanh.vn"}},
		},
		{
			agency: document.Agency{Code: "H01.153", Name: "Ủy ban nhân dân xã Vĩnh Trạch", Email: "vinhtrach@thuchanh.vn"},
			system: "H01.W153", abbr: "UBND", place: "Vĩnh Trạch",
			people: person{document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Trương Đình Khải Hoàn"},
				document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Võ Thị Kim Ngân", Mobile: "0296 300 0153", Email: "vinhtrach@thuchanh.vn"}},
		},
	}
}

// settings is the practice office's settings file.
func settings() office.Office {
	return office.Office{
		Practice: true, Abbr: "UBND", Place: ourPlace, AllowSoftKeys: true,
		Agency: document.Agency{Code: ourCode, Name: ourName, InCharge: "Lê Văn Nghĩa",
			Address: "Xã Định Mỹ, tỉnh An Giang", Email: "dinhmy@thuchanh.vn", Phone: "0296 300 0151"},
		Clerk: document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Nguyễn Thị Bích Thủy",
			Mobile: "0296 300 0151", Email: "vanthu.dinhmy@thuchanh.vn"},
		Leaders: []office.Leader{{
			Signer: document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Lê Văn Nghĩa"},
			Key:    "file:keys/" + leaderKey, Image: "keys/" + leaderImage}},
		Seal:     office.Seal{Image: "keys/" + sealImage, DiameterMM: sealMM, Key: "file:keys/" + agencyKey},
		Units:    []string{"Phòng Kinh tế", "Phòng Văn hóa - Xã hội", "Trung tâm Phục vụ hành chính công", "Công an xã", "Ban Chỉ huy Quân sự xã"},
		UnitAbbr: map[string]string{"Phòng Kinh tế": "KT", "Phòng Văn hóa - Xã hội": "VHXH", "Trung tâm Phục vụ hành chính công": "HCC"},
		// The address changes at every start; Open says the true one.
		Axis: office.Axis{URL: "http://127.0.0.1:9", AllowPlain: true, System: ourSystem, SecretFile: "axis.secret", PollMinutes: 1},
	}
}

// sealMM is the diameter of the practice seal, that of a commune's seal.
const sealMM = 36

// The files of the practice office, under its keys folder.
const (
	leaderKey   = "chu-tich.p12"
	leaderImage = "chu-tich.png"
	agencyKey   = "co-quan.p12"
	sealImage   = "con-dau.png"
)

// others are bodies of the province that only receive.
func others() []document.Agency {
	list := []document.Agency{
		{Code: "H01.01", Name: "Văn phòng Ủy ban nhân dân tỉnh An Giang"},
		{Code: "H01.02", Name: "Sở Tài chính tỉnh An Giang"},
		{Code: "H01.03", Name: "Sở Nông nghiệp và Môi trường tỉnh An Giang"},
		{Code: "H01.04", Name: "Sở Xây dựng tỉnh An Giang"},
		{Code: "H01.05", Name: "Sở Công Thương tỉnh An Giang"},
		{Code: "H01.06", Name: "Sở Giáo dục và Đào tạo tỉnh An Giang"},
		{Code: "H01.07", Name: "Sở Y tế tỉnh An Giang"},
		{Code: "H01.08", Name: "Sở Khoa học và Công nghệ tỉnh An Giang"},
		{Code: "H01.09", Name: "Sở Tư pháp tỉnh An Giang"},
		{Code: "H01.10", Name: "Sở Văn hóa, Thể thao và Du lịch tỉnh An Giang"},
		{Code: "H01.11", Name: "Thanh tra tỉnh An Giang"},
		{Code: "H01.154", Name: "Ủy ban nhân dân xã Óc Eo"},
		{Code: "H01.155", Name: "Ủy ban nhân dân xã Phú Hòa"},
		{Code: "H01.156", Name: "Ủy ban nhân dân xã Tây Phú"},
	}
	for i := range list {
		list[i].Email = "vanthu@thuchanh.vn"
	}
	return list
}
