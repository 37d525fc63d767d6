package office

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"vanthu/internal/document"
)

// sample is an office with every setting filled.
func sample() Office {
	return Office{
		Agency: document.Agency{Code: "H01.151", Name: "Ủy ban nhân dân xã Định Mỹ", InCharge: "Trần Thị Ánh",
			Address: "Xã Định Mỹ, tỉnh An Giang", Email: "dinhmy@angiang.gov.vn", Phone: "02963 000 000", Fax: "-", Website: "https://dinhmy.vn"},
		Abbr: "UBND", Place: "Định Mỹ",
		Clerk: document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Nguyễn Thị Bích", Mobile: "0900000000", Email: "b@x.vn"},
		Leaders: []Leader{{Signer: document.Signer{Competence: "TM.", Position: "CHỦ TỊCH", Name: "Lê Văn Nghĩa"},
			Key: "file:keys/leader.p12", Image: "keys/leader.png"}},
		Units: []string{"Phòng Kinh tế", "Phòng Văn hóa - Xã hội"}, UnitAbbr: map[string]string{"Phòng Kinh tế": "KT"},
		Seal: Seal{Image: "keys/seal.png", DiameterMM: 36, Key: "token:abc/01"},
		Axis: Axis{URL: "https://truc.example.vn", System: "000.00.00.G22", SecretFile: "axis.secret", HashUnpadded: true, TrailingCRLF: true, PollMinutes: 3,
			Protocol: "rest", Roots: "axis-roots.pem", ClientCert: "may.pem", ClientKey: "may.key", Proxy: "http://10.0.0.9:3128", Probe: new(bool)},
		Sign:    Sign{TSA: "http://ca.gov.vn/tsa"},
		Link:    Link{RateKbit: 128, Quiet: "21:30-05:15", BudgetMB: 200},
		Modules: []string{"/usr/lib/softhsm/libsofthsm2.so"}, AllowSoftKeys: true,
		Series:   []Series{{Name: "quyết định", Types: []string{"Quyết định"}, Notation: ""}, {Name: "chung"}},
		Practice: true, Typing: "telex",
	}
}

func newHome(t *testing.T) Home {
	t.Helper()
	h, err := HomeAt(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Make(); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSaveLoadRoundTrip(t *testing.T) {
	h, want := newHome(t), sample()
	if err := Save(h, want); err != nil {
		t.Fatal(err)
	}
	got, err := Load(h)
	if err != nil {
		t.Fatal(err)
	}
	want.Series[1].Types, got.Series[1].Types = nil, nil // an empty list and none are the same
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	info, err := os.Stat(h.Config())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestLoadNamesTheMistake(t *testing.T) {
	h := newHome(t)
	if err := Save(h, sample()); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(h.Config())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, says string }{
		{"unknown key", "url = ", "uri = ", `"axis.uri"`},
		{"unknown table", "[clerk]", "[clerks]", `"clerks`},
		{"wrong type", "practice = true", "practice = 'có'", `"practice"`},
		{"no value", "practice = true", "practice = ", "dòng 2"},
		{"bad code", `code = 'H01.151'`, `code = 'xã nhà'`, `"agency.code"`},
		{"system code", `code = 'H01.151'`, `code = '000.00.W00'`, `"agency.code"`},
		{"no name", `abbr = 'UBND'`, `abbr = ' '`, `"abbr"`},
		{"bad address", "https://truc.example.vn", "truc.example.vn", `"axis.url"`},
		{"bad key", "file:keys/leader.p12", "keys/leader.p12", `"leaders[1].key"`},
		{"soft keys not allowed", "allow_soft_keys = true", "allow_soft_keys = false", `"leaders[1].key"`},
		{"bad type", "['Quyết định']", "['Quyêt định']", `"series[1].types"`},
		{"bad typing", "typing = 'telex'", "typing = 'tcvn'", `"typing"`},
		{"no diameter", "diameter_mm = 36.0", "diameter_mm = nan", `"seal.diameter_mm"`},
		{"a poll that overflows", "poll_minutes = ", "poll_minutes = 99999999", `"axis.poll_minutes"`},
		{"twice", "practice = true", "practice = true\npractice = true", `"practice" ghi hai lần`},
		{"unknown protocol", "protocol = 'rest'", "protocol = 'soap'", `"axis.protocol"`},
		{"http without leave", "https://truc", "http://truc", `"axis.url"`},
		{"certificate without key", "client_key = 'may.key'", "client_key = ''", `"axis.client_key"`},
		{"key without certificate", "client_cert = 'may.pem'", "client_cert = ''", `"axis.client_cert"`},
		{"bad proxy", "http://10.0.0.9:3128", "10.0.0.9:3128", `"axis.proxy"`},
		{"bad time-stamp service", "tsa = 'http", "tsa = 'ftp", `"sign.tsa"`},
		{"negative rate", "rate_kbit = 128", "rate_kbit = -1", `"link.rate_kbit"`},
		{"a rate that overflows", "rate_kbit = 128", "rate_kbit = 9999999999", `"link.rate_kbit"`},
		{"negative budget", "budget_mb = 200", "budget_mb = -5", `"link.budget_mb"`},
		{"bad hours", "21:30-05:15", "22:00-25:00", `"link.quiet"`},
		{"hours of no length", "21:30-05:15", "5:00-05:00", `"link.quiet"`},
		{"one hour only", "21:30-05:15", "22:00", `"link.quiet"`},
		{"bad diameter", "diameter_mm = 36", "diameter_mm = -1", `"seal.diameter_mm"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(string(good), c.old, c.new, 1)
			if text == string(good) {
				t.Fatalf("%q is not in the file:\n%s", c.old, good)
			}
			if err := os.WriteFile(h.Config(), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(h)
			var p *document.Problem
			if !errors.As(err, &p) || !errors.Is(err, ErrConfig) {
				t.Fatalf("got %v, want a problem of class ErrConfig", err)
			}
			if !strings.Contains(p.What, c.says) || !strings.Contains(p.What, ": dòng ") || p.Next == "" {
				t.Errorf("got %q / %q, want it to name %s and its line", p.What, p.Next, c.says)
			}
		})
	}
}

// TestLoadReadsWindowsText: editors on Windows put a mark before the text and
// two characters at the end of each line.
func TestLoadReadsWindowsText(t *testing.T) {
	h := newHome(t)
	if err := Save(h, sample()); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(h.Config())
	if err != nil {
		t.Fatal(err)
	}
	text := "\uFEFF" + strings.ReplaceAll(string(good), "\n", "\r\n")
	if err := os.WriteFile(h.Config(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if o, err := Load(h); err != nil || o.Agency.Code != sample().Agency.Code {
		t.Errorf("got %v, %v", o.Agency, err)
	}
}

func TestUnknownKeyNamesItsLine(t *testing.T) {
	h := newHome(t)
	text := "practice = true\n\n[agency]\ncode = 'H01.151'\nmau_muc = 1\n"
	if err := os.WriteFile(h.Config(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(h)
	if err == nil || !strings.Contains(err.Error(), `dòng 5: không có mục cấu hình nào tên là "agency.mau_muc"`) {
		t.Errorf("got %v", err)
	}
}

// TestBadValueNamesItsLine: also what is well written but cannot be meant, and
// what stands in the second of several tables.
func TestBadValueNamesItsLine(t *testing.T) {
	for _, c := range []struct{ key, text, says string }{
		{"link.quiet", "a = 1\n[link]\nrate_kbit = 1\nquiet = 'x'\n", "dòng 4: "},
		{"link.quiet", "link.rate_kbit = 1\nlink . quiet = 'x'\n", "dòng 2: "},
		{"leaders[2].key", "[[leaders]]\nkey = 'a'\n\n[[leaders]]\n# chú thích\nkey = 'b'\n", "dòng 6: "},
		{"axis.url", byteOrderMark + "[axis]\r\nurl = 'x'\r\n", "dòng 2: "},
		{"axis.url", "[axis]\nsystem = \"\"\"\nurl = 'x'\n\"\"\"\n", "thiếu hoặc không dùng được"},
		{"axis.url", "[axis]\nurl = ", "thiếu hoặc không dùng được"},
	} {
		var p *document.Problem
		err := explain(newHome(t), []byte(c.text), missing(c.key, "Sửa."))
		if !errors.As(err, &p) || !strings.Contains(p.What, c.says) || !strings.Contains(p.What, c.key) {
			t.Errorf("%q: got %v, want %q", c.text, err, c.says)
		}
	}
}

func TestLoadWithoutOffice(t *testing.T) {
	_, err := Load(newHome(t))
	if !errors.Is(err, ErrNoOffice) {
		t.Errorf("got %v, want ErrNoOffice", err)
	}
}

func TestSaveRefusesWhatLoadWouldRefuse(t *testing.T) {
	o := sample()
	o.Abbr = ""
	h := newHome(t)
	if err := Save(h, o); !errors.Is(err, ErrConfig) {
		t.Errorf("got %v, want ErrConfig", err)
	}
	if h.Exists() {
		t.Error("a refused office was written")
	}
}

func TestSeriesOf(t *testing.T) {
	o := sample()
	for typeName, want := range map[string]string{"Quyết định": "quyết định", "Công văn": "chung"} {
		if got := o.SeriesOf(typeName).Name; got != want {
			t.Errorf("series of %s = %q, want %q", typeName, got, want)
		}
	}
	if got := (Office{}).SeriesOf("Công văn").Name; got != "" {
		t.Errorf("without series: %q", got)
	}
}

func TestSymbol(t *testing.T) {
	o := sample()
	o.Series = append([]Series{{Name: "nghị quyết", Types: []string{"Nghị quyết"}, Notation: "NQ-HĐND"}}, o.Series...)
	for _, c := range []struct{ typeName, unit, want string }{
		{"Công văn", "Phòng Kinh tế", "UBND-KT"},
		{"Công văn", "Phòng Văn hóa - Xã hội", "UBND"},
		{"Công văn", "VP", "UBND-VP"},
		{"Công văn", "một đơn vị khác", "UBND"},
		{"Công văn", "", "UBND"},
		{"Quyết định", "Phòng Kinh tế", "QĐ-UBND"},
		{"Nghị quyết", "", "NQ-HĐND"},
		{"không có loại này", "", ""},
	} {
		if got := o.Symbol(c.typeName, c.unit); got != c.want {
			t.Errorf("symbol of %s by %q = %q, want %q", c.typeName, c.unit, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("practice = true\n[agency]\ncode = 'H01.151'\n"))
	f.Add([]byte("[[leaders]]\nname = 1\n"))
	f.Add([]byte("[agency]\ncode = \"\xff\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := parse(data)
		if err == nil && o.Agency.Code == "" {
			t.Error("an office without a code was accepted")
		}
		if n := lineOf(trimMark(data), "agency.code"); n < 0 || n > strings.Count(string(data), "\n")+1 {
			t.Errorf("line %d", n)
		}
	})
}
