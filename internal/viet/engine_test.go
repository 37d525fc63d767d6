package viet

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// line is the least text field: what a form does with the engine's edits.
type line struct {
	text   []rune
	engine Engine
}

func (l *line) apply(e Edit) {
	l.text = append(l.text[:max(0, len(l.text)-e.Delete)], []rune(e.Insert)...)
}

// typed types keys, '<' being the backspace key, and ends the last word.
func typed(m Method, modern bool, keys string) string {
	l := line{engine: Engine{Method: m, Modern: modern}}
	for _, k := range keys {
		if k == '<' {
			l.apply(l.engine.Backspace())
			continue
		}
		l.apply(l.engine.Type(k))
	}
	l.apply(l.engine.End())
	return string(l.text)
}

func TestTelex(t *testing.T) {
	rows := []struct{ keys, want string }{
		// one letter each
		{"aa", "â"}, {"aw", "ă"}, {"ee", "ê"}, {"oo", "ô"}, {"ow", "ơ"}, {"uw", "ư"}, {"dd", "đ"},
		{"as", "á"}, {"af", "à"}, {"ar", "ả"}, {"ax", "ã"}, {"aj", "ạ"}, {"asz", "a"},
		// a repeated key undoes and types itself
		{"ass", "as"}, {"aff", "af"}, {"asss", "ass"}, {"aaa", "aa"}, {"aww", "aw"}, {"ooo", "oo"}, {"ddd", "dd"},
		{"uoww", "uow"}, {"nuaww", "nuaw"}, {"tesst", "test"}, {"xooongf", "xoòng"}, {"sooocs", "soóc"},
		{"asf", "à"}, {"asfz", "a"}, {"z", "z"}, {"az", "az"}, {"w", "w"}, {"s", "s"},
		// sequences that trip home-made engines
		{"duw", "dư"}, {"uwa", "ưa"}, {"uaw", "ưa"}, {"muaw", "mưa"}, {"muwa", "mưa"}, {"nuawx", "nữa"},
		{"moiwf", "mời"}, {"asw", "ắ"}, {"uasw", "ứa"}, {"gisa", "giá"}, {"gias", "giá"}, {"ghifeen", "ghiền"},
		{"qusa", "quá"}, {"quys", "quý"}, {"quowr", "quở"}, {"conw", "cơn"}, {"ucws", "ức"}, {"ucwj", "ực"},
		{"uow", "ươ"}, {"duowng", "dương"}, {"duwowng", "dương"}, {"duwong", "dương"}, {"thuowr", "thuở"}, {"thuowng", "thương"},
		{"huowng", "hương"}, {"huow", "huơ"}, {"dduwocj", "được"}, {"dduowcj", "được"}, {"dduwowcj", "được"},
		{"duongdwf", "đường"}, {"duwowngfd", "đường"}, {"DDawjng", "Đặng"}, {"DDAWNGJ", "ĐẶNG"}, {"dangw", "dăng"},
		{"ruowuj", "rượu"}, {"ruwouj", "rượu"}, {"huuw", "hưu"}, {"huwu", "hưu"}, {"cuuws", "cứu"}, {"hoawcj", "hoặc"},
		{"khuyur", "khuỷu"}, {"ngoeof", "ngoèo"}, {"nguyeenx", "nguyễn"}, {"Nguyeenx", "Nguyễn"}, {"khuya", "khuya"}, {"loawngf", "loằng"},
		{"tieengs", "tiếng"}, {"tieesng", "tiếng"}, {"vieejt", "việt"}, {"vietej", "việt"}, {"Vieetj", "Việt"}, {"QUYEETS", "QUYẾT"},
		{"gif", "gì"}, {"ginf", "gìn"}, {"giuwowngf", "giường"}, {"gieengs", "giếng"}, {"quoocs", "quốc"}, {"queen", "quên"},
		{"uyr", "ủy"}, {"hoaf", "hòa"}, {"khoer", "khỏe"}, {"thuys", "thúy"}, {"toans", "toán"}, {"toanf", "toàn"},
		{"uowo", "uô"}, {"awa", "â"}, {"aaw", "ă"}, {"tuaans", "tuấn"}, {"tuaasn", "tuấn"}, {"meens", "mến"}, {"oai", "oai"}, {"ngoao", "ngoao"},
		{"mois", "mói"}, {"moij", "mọi"}, {"neeus", "nếu"}, {"ddieeuf", "điều"}, {"hooij", "hội"}, {"nghieem", "nghiêm"}, {"xeen", "xên"},
		// abbreviations and names of a commune's papers
		{"QDD", "QĐ"}, {"NDD", "NĐ"}, {"HDDND", "HĐND"}, {"QyDD", "QyĐ"}, {"SGDDDT", "SGDĐT"}, {"dd/c", "đ/c"}, {"UBND", "UBND"}, {"BCDD", "BCĐ"}, {"DDBQH", "ĐBQH"}, {"VPHDDND", "VPHĐND"}, {"UBKTDDU", "UBKTĐU"},
		{"DDawks Lawks", "Đắk Lắk"}, {"Kroong Buks", "Krông Búk"},
		// foreign words come back as typed
		{"windows", "windows"}, {"Windows ", "Windows "}, {"user", "user"}, {"add", "add"}, {"file", "file"}, {"Excel", "Excel"},
		{"access", "access"}, {"text", "text"}, {"book", "book"}, {"offfice", "office"}, {"web", "web"}, {"internationalization", "internationalization"},
		// word by word, with whatever stands between
		{"coong vawn", "công văn"}, {"keets quar,", "kết quả,"}, {"(soos 12/UBND)", "(số 12/UBND)"}, {"a1s", "a1s"},
		{"Uyr ban nhaan daan xax DDinhj Myx", "Ủy ban nhân dân xã Định Mỹ"},
		// the backspace key takes back the last key
		{"vieejt<t", "việt"}, {"hoaf<", "hoa"}, {"hoaf<<", "ho"}, {"ass<", "á"}, {"dd<", "d"}, {"a <", "a"}, {"tieengs<s", "tiếng"}, {"<", ""},
	}
	for _, r := range rows {
		if got := typed(Telex, false, r.keys); got != r.want {
			t.Errorf("%q typed %q, want %q", r.keys, got, r.want)
		}
	}
}

func TestTelexModernTone(t *testing.T) {
	for keys, want := range map[string]string{"hoaf": "hoà", "khoer": "khoẻ", "uyr": "uỷ", "thuys": "thuý", "toans": "toán", "muaf": "mùa", "quas": "quá"} {
		if got := typed(Telex, true, keys); got != want {
			t.Errorf("%q typed %q, want %q", keys, got, want)
		}
	}
}

func TestVNI(t *testing.T) {
	rows := []struct{ keys, want string }{
		{"a6", "â"}, {"a8", "ă"}, {"e6", "ê"}, {"o6", "ô"}, {"o7", "ơ"}, {"u7", "ư"}, {"d9", "đ"},
		{"a1", "á"}, {"a2", "à"}, {"a3", "ả"}, {"a4", "ã"}, {"a5", "ạ"}, {"a10", "a"}, {"a11", "a1"}, {"A44", "A4"},
		{"tie61ng", "tiếng"}, {"tieng61", "tiếng"}, {"vie65t", "việt"}, {"Viet65", "Việt"}, {"d9uo7ng2", "đường"}, {"duong972", "đường"},
		{"uo7", "ươ"}, {"thuo73", "thuở"}, {"hoa82c", "hoa82c"}, {"hoa85c", "hoặc"}, {"D9A85NG", "ĐẶNG"}, {"Q9", "Q9"}, {"QD9", "QĐ"},
		{"12/CV", "12/CV"}, {"nam 2026", "nam 2026"}, {"quoc61", "quốc"}, {"qua1", "quá"}, {"gia1", "giá"}, {"tua61n", "tuấn"}, {"u73", "ử"},
		{"uy3 ban nha6n da6n xa4", "ủy ban nhân dân xã"}, {"hoa2<", "hoa"}, {"H1N1", "H1N1"}, {"windows7", "windows7"},
	}
	for _, r := range rows {
		if got := typed(VNI, false, r.keys); got != r.want {
			t.Errorf("%q typed %q, want %q", r.keys, got, r.want)
		}
	}
}

func TestOffTypesLetters(t *testing.T) {
	if got := typed(Off, false, "tieengs vieetj 12"); got != "tieengs vieetj 12" {
		t.Errorf("off typed %q", got)
	}
}

// keysOf spells a word the way a careful typist would: marks at the letter, tone last.
func keysOf(m Method, w string) string {
	marks := map[rune]string{'\u0302': "6", '\u0306': "8", '\u031b': "7", '\u0301': "1", '\u0300': "2", '\u0309': "3", '\u0303': "4", '\u0323': "5"}
	telexTones := map[string]string{"1": "s", "2": "f", "3": "r", "4": "x", "5": "j", "7": "w", "8": "w"}
	var keys []rune
	tone := ""
	for _, r := range norm.NFD.String(w) {
		k, isMark := marks[r]
		switch {
		case r == 'đ' || r == 'Đ':
			d := map[rune]rune{'đ': 'd', 'Đ': 'D'}[r]
			keys = append(keys, d)
			if m == Telex {
				keys = append(keys, d)
			} else {
				keys = append(keys, '9')
			}
		case !isMark:
			keys = append(keys, r)
		case k < "6":
			tone = k
		case m == VNI:
			keys = append(keys, []rune(k)...)
		case k == "6":
			keys = append(keys, keys[len(keys)-1])
		default:
			keys = append(keys, 'w')
		}
	}
	if m == Telex {
		tone = telexTones[tone]
	}
	return string(keys) + tone
}

func vietnameseWords(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/words.txt")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(string(text))
}

// TestEveryWordOfTheField types the words that stand in decrees and forms.
func TestEveryWordOfTheField(t *testing.T) {
	for _, w := range vietnameseWords(t) {
		for _, m := range []Method{Telex, VNI} {
			keys := keysOf(m, w)
			got, modern := typed(m, false, keys), typed(m, true, keys)
			if got != w && modern != w {
				t.Errorf("%s: %q typed %q, want %q", m.Name(), keys, got, w)
			}
		}
	}
}

// TestEverySyllableOfTheTable types every syllable that the rhyme table allows.
func TestEverySyllableOfTheTable(t *testing.T) {
	count := 0
	for initial := range strings.FieldsSeq(initials) {
		for _, r := range rhymes {
			for final := range strings.FieldsSeq(r.finals) {
				w := initial + r.vowels + strings.Trim(final, "-")
				if initial == "q" || r.vowels == "oo" || r.vowels == "uơ" && !member("h kh th", initial) {
					continue
				}
				count++
				if got := typed(Telex, false, keysOf(Telex, w)); got != w && !sameLetters(got, w) {
					t.Errorf("%q typed %q, want %q", keysOf(Telex, w), got, w)
				}
			}
		}
	}
	if count < 3000 {
		t.Errorf("only %d syllables", count)
	}
}

// sameLetters allows "uơ" for "ươ" and back, which share their keys after h, kh, th.
func sameLetters(a, b string) bool { return Fold(a) == Fold(b) && strings.Contains(Fold(b), "uo") }

func FuzzEngine(f *testing.F) {
	for _, s := range []string{"duongdwf", "windows", "ddd<<<", "uwuwuw", "QDD-UBND", "a1b2<<", "\u0301e\u0323", "gi<qu<"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, keys string, useVNI bool) {
		m := Telex
		if useVNI {
			m = VNI
		}
		l := line{engine: Engine{Method: m}}
		var plainKeys int
		for _, k := range keys {
			if k == utf8.RuneError || unicode.IsControl(k) {
				continue
			}
			e := l.engine.Type(k)
			if e.Delete > len(l.text) {
				t.Fatalf("%q deletes %d of %d", keys, e.Delete, len(l.text))
			}
			l.apply(e)
			plainKeys++
			if len(l.text) > plainKeys {
				t.Fatalf("%q made %q: more letters than keys", keys, string(l.text))
			}
		}
		for range keys {
			e := l.engine.Backspace()
			l.apply(e)
		}
		if len(l.text) != 0 {
			t.Fatalf("%q leaves %q after as many backspaces", keys, string(l.text))
		}
	})
}
