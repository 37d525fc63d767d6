package page

import (
	"testing"

	"vanthu/internal/document"
)

func TestFindBlock(t *testing.T) {
	chair := document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Thị Hồng Hạnh"}
	simple := typedPage(1,
		typed{100, 500, "Nơi nhận:"}, typed{330, 500, "TM. ỦY BAN NHÂN DÂN"}, typed{370, 517, "CHỦ TỊCH"},
		typed{100, 517, "- Như Điều 2;"}, typed{340, 600, "Nguyễn Thị Hồng Hạnh"})
	annex := typedPage(2,
		typed{200, 100, "PHỤ LỤC"}, typed{370, 400, "CHỦ TỊCH"}, typed{350, 480, "Họ và tên"})
	tests := []struct {
		name   string
		pages  []Page
		signer document.Signer
		page   int    // 0: none
		under  string // last heading line
		over   string // name
	}{
		{"simple", []Page{simple}, chair, 1, "CHỦ TỊCH", "Nguyễn Thị Hồng Hạnh"},
		{"without hints", []Page{simple}, document.Signer{}, 1, "CHỦ TỊCH", "Nguyễn Thị Hồng Hạnh"},
		{"name in other case", []Page{simple}, document.Signer{Name: "NGUYỄN thị hồng hạnh"}, 1, "CHỦ TỊCH", "Nguyễn Thị Hồng Hạnh"},
		{"annex with a form after it", []Page{simple, annex}, chair, 1, "CHỦ TỊCH", "Nguyễn Thị Hồng Hạnh"},
		{"deputy", []Page{typedPage(1,
			typed{350, 500, "KT. CHỦ TỊCH"}, typed{350, 517, "PHÓ CHỦ TỊCH"}, typed{350, 600, "Trần Văn Được"})},
			chair, 1, "PHÓ CHỦ TỊCH", "Trần Văn Được"},
		{"by order, two heads", []Page{typedPage(1,
			typed{350, 500, "TL. CHỦ TỊCH"}, typed{330, 517, "KT. CHÁNH VĂN PHÒNG"}, typed{330, 534, "PHÓ CHÁNH VĂN PHÒNG"}, typed{350, 620, "Lê Văn Tám"})},
			document.Signer{}, 1, "PHÓ CHÁNH VĂN PHÒNG", "Lê Văn Tám"},
		{"position known from the signer only", []Page{typedPage(1,
			typed{350, 500, "KẾ TOÁN TRƯỞNG"}, typed{345, 600, "Lê Văn Tám"})},
			document.Signer{Position: "Kế toán trưởng", Name: "Lê Văn Tám"}, 1, "KẾ TOÁN TRƯỞNG", "Lê Văn Tám"},
		{"position without a heading word", []Page{typedPage(1,
			typed{350, 500, "Cán bộ tiếp nhận"}, typed{345, 600, "Lê Văn Tám"})},
			document.Signer{Name: "Lê Văn Tám"}, 1, "Cán bộ tiếp nhận", "Lê Văn Tám"},
		{"position that ends in a letter of our own", []Page{typedPage(1,
			typed{350, 500, "BÍ THƯ"}, typed{345, 600, "Lê Văn Tám"})},
			document.Signer{}, 1, "BÍ THƯ", "Lê Văn Tám"},
		{"minutes with two signers", []Page{typedPage(1,
			typed{120, 500, "CHỦ TỌA"}, typed{420, 500, "CHỦ TỌA"}, typed{100, 600, "Trần Văn Được"}, typed{400, 600, "Lê Văn Tám"})},
			document.Signer{Name: "Trần Văn Được"}, 1, "CHỦ TỌA", "Trần Văn Được"},
		{"title with an academic degree", []Page{typedPage(1,
			typed{350, 500, "GIÁM ĐỐC"}, typed{340, 600, "ThS. Lê Văn Tám"})},
			document.Signer{Name: "Lê Văn Tám"}, 1, "GIÁM ĐỐC", "ThS. Lê Văn Tám"},
		{"a remark above the name", []Page{typedPage(1,
			typed{350, 500, "CHỦ TỊCH"}, typed{350, 520, "(Đã ký)"}, typed{340, 600, "Lê Văn Tám"})},
			document.Signer{}, 1, "CHỦ TỊCH", "Lê Văn Tám"},
		{"issuer's title above the text", []Page{typedPage(1,
			typed{180, 300, "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ ĐỊNH MỸ"}, typed{120, 330, "Căn cứ Luật Tổ chức chính quyền địa phương;"})},
			document.Signer{}, 0, "", ""},
		{"no name", []Page{typedPage(1, typed{350, 500, "CHỦ TỊCH"})}, chair, 0, "", ""},
		{"running text", []Page{typedPage(1, typed{100, 500, "Chủ tịch chịu trách nhiệm"}, typed{100, 600, "Lê Văn Tám"})}, document.Signer{}, 0, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b, ok := findBlock(test.pages, test.signer)
			if ok != (test.page > 0) || b.page != test.page || b.heading.text != test.under || b.name.text != test.over {
				t.Errorf("found %v: page %d, %q over %q", ok, b.page, b.heading.text, b.name.text)
			}
		})
	}
}

func TestSignBetweenPositionAndName(t *testing.T) {
	p := typedPage(1, typed{370, 517, "CHỦ TỊCH"}, typed{340, 600, "Lê Văn Tám"})
	b, ok := findBlock([]Page{p}, document.Signer{})
	if !ok {
		t.Fatal("no block")
	}
	s := b.sign()
	above, below := 842-517-descent*13, 842-600+ascent*13
	if got, want := s.Y+s.H/2, (above+below)/2; got < want-0.01 || got > want+0.01 {
		t.Errorf("middle at %g, want %g", got, want)
	}
	if s.Y < below || s.Y+s.H > above {
		t.Errorf("signature %+v covers the lines at %g and %g", s, below, above)
	}
}

func TestNameAlone(t *testing.T) {
	p := typedPage(1, typed{345, 600, "Lê Văn Tám"})
	b, ok := findBlock([]Page{p}, document.Signer{Name: "Lê Văn Tám"})
	if s := b.sign(); !ok || s.Y < 842-600 {
		t.Errorf("found %v, signature %+v is not above the name", ok, s)
	}
}

func TestSealCoversAThirdOfTheSignature(t *testing.T) {
	for _, diameter := range []float64{60, 102, 140} {
		sign := document.Box{Page: 2, X: 350, Y: 200, W: signWidth, H: 50}
		seal := sealOver(sign, diameter)
		if got := seal.X + seal.W - sign.X; got < sign.W/3-0.01 || got > sign.W/3+0.01 {
			t.Errorf("⌀ %g covers %g of %g points", diameter, got, sign.W)
		}
		if seal.W != diameter || seal.H != diameter || seal.Page != 2 {
			t.Errorf("seal %+v is not in true size", seal)
		}
		if seal.Y+seal.H/2 != sign.Y+sign.H/2 {
			t.Errorf("seal %+v is not level with the signature", seal)
		}
	}
}
