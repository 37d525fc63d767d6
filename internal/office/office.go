package office

import (
	"strings"

	"vanthu/internal/document"
)

// Office is what the settings file says about one office. The tags are the
// file's keys.
type Office struct {
	// Practice is shown on every screen: nothing here is real.
	Practice bool     `toml:"practice" comment:"true: cơ quan để tập, không có giá trị thật"`
	Abbr     string   `toml:"abbr" comment:"chữ viết tắt của cơ quan trong ký hiệu văn bản"`
	Place    string   `toml:"place" comment:"địa danh ở dòng ngày tháng"`
	Units    []string `toml:"units" comment:"đơn vị: nhận chuyển giao văn bản đến, soạn thảo văn bản đi"`
	// Typing is how Vietnamese is typed at first: "", "telex" or "vni".
	Typing string `toml:"typing,omitempty" comment:"kiểu gõ tiếng Việt của màn hình: để trống (máy đã có bộ gõ), telex hoặc vni"`
	// Modules are the PKCS#11 drivers to look for tokens in.
	Modules []string `toml:"modules" comment:"thư viện PKCS#11 của thiết bị ký"`
	// AllowSoftKeys permits keys that lie in a file. Never outside practice:
	// Law 20/2023 wants official keys on a device.
	AllowSoftKeys bool            `toml:"allow_soft_keys" comment:"cho phép khóa nằm trong tệp: chỉ khi tập"`
	Agency        document.Agency `toml:"agency"`
	Clerk         document.Staff  `toml:"clerk" comment:"văn thư: tên và liên lạc đi kèm mỗi trạng thái gửi qua trục"`
	// Leaders may sign; the first is proposed.
	Leaders []Leader `toml:"leaders" comment:"người có thẩm quyền ký"`
	Seal    Seal     `toml:"seal" comment:"con dấu và khóa ký số của cơ quan"`
	Axis    Axis     `toml:"axis" comment:"trục liên thông; secret_file chứa khóa bí mật, một dòng"`
	Sign    Sign     `toml:"sign" comment:"ký số"`
	Link    Link     `toml:"link" comment:"đường truyền: giới hạn để nhường chỗ cho việc khác hoặc để đỡ tốn tiền"`
	// UnitAbbr gives a unit its letters in the symbol of an official letter: 12/UBND-KT.
	UnitAbbr map[string]string `toml:"unit_abbr,omitempty" comment:"chữ viết tắt của đơn vị trong ký hiệu công văn"`
	Series   []Series          `toml:"series,omitempty" comment:"dãy số văn bản đi; không ghi gì: một dãy chung cho mọi loại"`
}

// Symbol is the notation of a document type drafted by a unit: that of its
// series, else made of type, agency and the unit's abbreviation. A unit
// without one leaves no trace in the symbol: "/" and "-" stand without spaces
// (Decree 30/2020 Annex I II.3).
func (o Office) Symbol(typeName, unit string) string {
	if fixed := o.SeriesOf(typeName).Notation; fixed != "" {
		return fixed
	}
	t, ok := document.TypeByName(typeName)
	if !ok {
		return ""
	}
	if abbr, known := o.UnitAbbr[unit]; known {
		unit = abbr
	}
	if strings.ContainsAny(unit, " /") {
		unit = ""
	}
	return document.Notation(t, o.Abbr, unit)
}

// Leader is a person who may sign, with the key they sign with.
type Leader struct {
	document.Signer
	// Key is "token:SERIAL/ID" or "file:PATH"; relative paths start at the home.
	Key   string `toml:"key" comment:"token:SERIAL/ID (xem vanthu token list), hoặc file:keys/….p12 khi tập"`
	Image string `toml:"image,omitempty"` // PNG of the handwritten signature, may be empty
}

// Sign is how signatures are made.
type Sign struct {
	// TSA is the time-stamp service (RFC 3161); empty: signatures prove no time.
	TSA string `toml:"tsa" comment:"dịch vụ cấp dấu thời gian, ví dụ http://ca.gov.vn/tsa; để trống: chữ ký không có dấu thời gian"`
}

// Seal is the agency's seal and key.
type Seal struct {
	Image string `toml:"image,omitempty"` // PNG of the seal, may be empty
	// DiameterMM is the true size; the image is never scaled to fit
	// (Decree 30/2020 Annex I II.8a).
	DiameterMM float64 `toml:"diameter_mm" comment:"đường kính thật của con dấu, mi-li-mét"`
	Key        string  `toml:"key"` // as Leader.Key
}

// Series is one number series: documents of the types named take their
// numbers from it (Decree 30/2020 Art. 15.1). The first series that names a
// type wins; a series without types takes the rest.
type Series struct {
	Name     string   `toml:"name"`
	Types    []string `toml:"types,omitempty"`
	Notation string   `toml:"notation,omitempty"` // fixed symbol; empty: made of type, agency and unit
}

// SeriesOf is the series a document type takes its number from. The zero
// Series is the one common series of an office that names none.
func (o Office) SeriesOf(typeName string) Series {
	for _, s := range o.Series {
		if len(s.Types) == 0 {
			return s
		}
		for _, t := range s.Types {
			if t == typeName {
				return s
			}
		}
	}
	return Series{}
}
