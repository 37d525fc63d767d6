package document

import "strings"

// Type is a kind of administrative document (Decree 30/2020 Art. 7).
type Type struct {
	Name string // tên loại
	Abbr string // in the notation; empty for an official letter and a letter
	Code int    // two-digit code under TT 05/2025
	List int    // list B of QCVN 102; 0 where the list has none
}

// OfficialLetter is the name of the type whose notation carries no
// abbreviation and whose subject starts with "V/v".
const OfficialLetter = "Công văn"

// Types lists the administrative types in the order of the decree.
func Types() []Type {
	return []Type{
		{"Nghị quyết", "NQ", 1, 1},
		{"Quyết định", "QĐ", 2, 2},
		{"Chỉ thị", "CT", 3, 3},
		{"Quy chế", "QC", 4, 4},
		{"Quy định", "QyĐ", 5, 5},
		{"Thông cáo", "TC", 6, 6},
		{"Thông báo", "TB", 7, 7},
		{"Hướng dẫn", "HD", 8, 8},
		{"Chương trình", "CTr", 9, 9},
		{"Kế hoạch", "KH", 10, 10},
		{"Phương án", "PA", 11, 11},
		{"Đề án", "ĐA", 12, 12},
		{"Dự án", "DA", 13, 13},
		{"Báo cáo", "BC", 14, 14},
		{"Biên bản", "BB", 20, 15},
		{"Tờ trình", "TTr", 15, 16},
		{"Hợp đồng", "HĐ", 21, 17},
		{OfficialLetter, "", 22, 18},
		{"Công điện", "CĐ", 23, 19},
		{"Bản ghi nhớ", "BGN", 24, 20},
		{"Bản thỏa thuận", "BTT", 25, 22},
		{"Giấy ủy quyền", "GUQ", 16, 24},
		{"Giấy mời", "GM", 26, 25},
		{"Giấy giới thiệu", "GGT", 27, 26},
		{"Giấy nghỉ phép", "GNP", 28, 27},
		{"Phiếu gửi", "PG", 17, 30},
		{"Phiếu chuyển", "PC", 18, 31},
		{"Phiếu báo", "PB", 19, 0},
		{"Thư công", "", 29, 32},
	}
}

// TypeByName finds a type by its name, whatever the case and the spaces. The
// name is the only part of a packet's type to trust: senders disagree about
// the numbers.
func TypeByName(name string) (Type, bool) {
	name = strings.Join(strings.Fields(name), " ")
	for _, t := range Types() {
		if strings.EqualFold(t.Name, name) {
			return t, true
		}
	}
	return Type{}, false
}
