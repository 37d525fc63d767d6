package document

import (
	"errors"
	"strings"
	"testing"
)

func TestParseCode(t *testing.T) {
	for in, want := range map[string]Code{
		" 000.00.15.h51 ": "000.00.15.H51", "H40.1.2": "H40.1.2", "000.1137.H53": "000.1137.H53", "H37.DN.001": "H37.DN.001",
	} {
		if got, err := ParseCode(in); err != nil || got != want {
			t.Errorf("ParseCode(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", ".", "H40.", "H40..1", "H40 1", "H40/1", "ĐN.01", strings.Repeat("1", 36)} {
		if got, err := ParseCode(in); !errors.Is(err, ErrCode) {
			t.Errorf("ParseCode(%q) = %q, %v, want ErrCode", in, got, err)
		}
	}
}

func TestSystemCodesDoNotReceive(t *testing.T) {
	for code, want := range map[Code]bool{"000.00.15.H51": true, "00.53.W00": false, "H40.1": true, "": false, "W00": false} {
		if got := code.Receives(); got != want {
			t.Errorf("%q.Receives() = %v", code, got)
		}
	}
}

func TestReference(t *testing.T) {
	for in, want := range map[string]Reference{
		"15/QĐ-UBND":         {"15", "QĐ-UBND"},
		" 02/2026/NQ-HĐND ":  {"02", "2026/NQ-HĐND"},
		"7816 / VPCP-TTĐT":   {"7816", "VPCP-TTĐT"},
		"12a/UBND-VX":        {"12a", "UBND-VX"},
		"74fass22/VPCP-TTĐT": {"74fass22", "VPCP-TTĐT"},
	} {
		if got, err := ParseReference(in); err != nil || got != want {
			t.Errorf("ParseReference(%q) = %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "15", "/QĐ", "15/", " / "} {
		if _, err := ParseReference(in); !errors.Is(err, ErrReference) {
			t.Errorf("ParseReference(%q): %v, want ErrReference", in, err)
		}
	}
	if got := (Reference{"15", "15/QĐ-UBND"}).String(); got != "15/QĐ-UBND" {
		t.Errorf("a notation that holds the number is doubled: %q", got)
	}
}

func TestNotation(t *testing.T) {
	tests := []struct{ typeName, unit, want string }{
		{"Quyết định", "", "QĐ-UBND"}, {"Công văn", "VP", "UBND-VP"}, {"công  văn", "", "UBND"}, {"Tờ trình", "VP", "TTr-UBND"}, {"Quy định", "", "QyĐ-UBND"},
	}
	for _, tt := range tests {
		typ, ok := TypeByName(tt.typeName)
		if got := Notation(typ, "UBND", tt.unit); !ok || got != tt.want {
			t.Errorf("Notation(%s, %q) = %q, want %q", tt.typeName, tt.unit, got, tt.want)
		}
	}
	if got := FormatNumber(7) + FormatNumber(10) + FormatNumber(1234); got != "07101234" {
		t.Errorf("FormatNumber: %s", got)
	}
}

func TestTypesAreDistinct(t *testing.T) {
	names, abbrs := map[string]bool{}, map[string]bool{}
	for _, typ := range Types() {
		if names[typ.Name] || typ.Abbr != "" && abbrs[typ.Abbr] {
			t.Errorf("%s (%s) stands twice", typ.Name, typ.Abbr)
		}
		names[typ.Name], abbrs[typ.Abbr] = true, true
	}
	if len(names) != 29 {
		t.Errorf("%d types, the decree has 29", len(names))
	}
}

func TestUrgency(t *testing.T) {
	for u := Normal; u <= ExpressTimed; u++ {
		if got, ok := ParseUrgency(u.String()); !ok || got != u {
			t.Errorf("ParseUrgency(%q) = %v, %v", u, got, ok)
		}
	}
	if got, ok := ParseUrgency("HỎA TỐC"); !ok || got != Express {
		t.Errorf("case matters: %v, %v", got, ok)
	}
	if _, ok := ParseUrgency("gấp"); ok {
		t.Error("an unknown word is an urgency")
	}
	if Urgency(9).String() != "Thường" || Urgency(-1).String() != "Thường" {
		t.Error("an unknown value must read as Thường")
	}
}

func TestStatusNames(t *testing.T) {
	if StatusAccepted.Name() != "Đã tiếp nhận" || Status("09").Name() != "Trạng thái 09" || Status("").Name() != "" {
		t.Error("names of statuses")
	}
}

func TestSecretMark(t *testing.T) {
	for text, want := range map[string]string{
		"MẬT": "Mật", "Tối mật": "Tối mật", "[TUYỆT MẬT]": "Tuyệt mật", "Độ mật: Tối mật": "Tối mật", "độ mật C": "Mật",
		"(Mật) Báo cáo tình hình": "Mật", "Báo cáo tình hình (Mật)": "Mật", "ỦY BAN NHÂN DÂN\nMẬT\nSố: 01": "Mật",
		"Báo cáo TỐI MẬT về quốc phòng": "Tối mật", "M\u00e2\u0323T": "Mật",
		"MẬT - Kế hoạch phòng thủ": "Mật", "Mật: kế hoạch": "Mật", "Kế hoạch – TỐI MẬT": "Tối mật", "Kế hoạch - mật.": "Mật",
		"M Ậ T": "Mật", "T Ố I  M Ậ T": "Tối mật", "t u y ệ t m ậ t": "Tuyệt mật", "ＭẬＴ": "Mật", "tối mật.pdf": "Tối mật", "MẬT.docx": "Mật",
	} {
		if got, ok := SecretMark("V/v họp", text); !ok || got != want {
			t.Errorf("SecretMark(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", "Kế hoạch bảo mật thông tin", "mật độ dân số", "Luật Bảo vệ bí mật nhà nước", "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC",
		"nuôi ong lấy mật", "Giấy mời họp", "thắt chặt tình thân mật.", "V/v tập huấn công tác bảo vệ bí mật nhà nước", "Độ mật: Không", "Độ mật: Thường",
		"Mật ong – sản phẩm OCOP", "V/v bảo mật: hướng dẫn", "Báo cáo mật độ.pdf", "a b c", "Kế hoạch bảo mật - an toàn thông tin", "bao-mat.pdf",
	} {
		if got, ok := SecretMark(text); ok {
			t.Errorf("SecretMark(%q) = %q, want none", text, got)
		}
	}
	if err := RefuseSecret("Mật"); !errors.Is(err, ErrSecret) || !strings.Contains(err.Error(), "“Mật”") {
		t.Errorf("RefuseSecret: %v", err)
	}
}
