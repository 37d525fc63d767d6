package edxml

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"vanthu/internal/document"
)

var update = flag.Bool("update", false, "rewrite the goldens")

func content(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

func file(name, text string) Attachment {
	return Attachment{Name: name, Description: "Tệp " + name, Size: int64(len(text)), Open: content([]byte(text))}
}

// fullDocument has every field set.
func fullDocument() Document {
	yes, steering := true, 1
	date := document.Date{Year: 2026, Month: time.November, Day: 21}
	return Document{
		From: document.Agency{Code: "H40.1.2", Name: "UBND xã Định Mỹ", InCharge: "UBND tỉnh", Address: "Ấp Mỹ Phú, xã Định Mỹ", Email: "vt@dinhmy.gov.vn", Phone: "02963000000", Fax: "02963000001", Website: "dinhmy.gov.vn"},
		To: []document.Agency{
			{Code: "H40", Name: "UBND tỉnh"},
			{Code: "000.00.00.G22", Name: "Văn phòng Chính phủ", Email: "vpcp@gov.vn"},
		},
		ID: "H40.1.2,2026/11/21,15/QĐ-UBND", Code: document.Reference{Number: "15", Notation: "QĐ-UBND"},
		Place: "Định Mỹ", Date: date, DateRaw: date.Axis(),
		Type:    TypeInfo{Type: 2, Detail: 2, Name: "Quyết định"},
		Subject: "Về việc phê duyệt kế hoạch <phòng, chống lụt bão> & cứu nạn “năm 2026”", Content: "Dòng một\nDòng hai",
		Signer: document.Signer{Competence: "KT. CHỦ TỊCH", Position: "Phó Chủ tịch", Name: "Nguyễn Thị Ngọc Trâm"},
		Due:    date.AddDays(10), DueRaw: date.AddDays(10).Axis(),
		Other:       Other{Urgency: document.VeryUrgent, Sphere: "Phòng chống thiên tai", TyperNotation: "NTT", Amount: 5, Pages: 3, Direction: &yes, Appendixes: []string{"Phụ lục I", "Phụ lục II"}},
		ResponseFor: []document.Ref{{Organ: "H40", Reference: document.Reference{Number: "45", Notation: "UBND-VP"}, Date: date.AddDays(-9), ID: "H40,2026/11/12,45/UBND-VP"}},
		Steering:    &steering, ToPlaces: []string{"Như trên", "Lưu: VT"},
		Tasks: []string{"CP-2026-0157", "CP-2026-0158"}, Application: "1",
		Traces: []Trace{{Organ: "H40.1.2", Time: "2026/11/21 08:00:00"}},
		Business: Business{
			DocumentID: "H40.1.2,2026/11/20,14/QĐ-UBND", Type: Update, Reason: "Cập nhật văn bản điện tử", Paper: true,
			Staff:    document.Staff{Department: "Văn phòng", Name: "Lê Thị Bưởi", Mobile: "0901000000", Email: "vanthu@dinhmy.gov.vn"},
			Changes:  &Changes{Document: true, Receivers: true, List: []Receiver{{Organ: "H40", Kind: 1}}},
			Replaces: []Replacement{{DocumentID: "H40.1.2,2026/11/01,9/QĐ-UBND", Organs: []document.Code{"H40", "000.00.00.G22"}}},
		},
		Attachments: []Attachment{
			file("Quyết định 15.pdf", "%PDF-1.7 nội dung"),
			file("Bảng tổng hợp.csv", "xã;số hộ"),
		},
	}
}

// smallDocument has only what is demanded.
func smallDocument() Document {
	date := document.Date{Year: 2026, Month: time.March, Day: 5}
	return Document{
		From: document.Agency{Code: "H40.1.2", Name: "UBND xã Định Mỹ"}, To: []document.Agency{{Code: "H40"}},
		ID: "H40.1.2,2026/03/05,01/UBND", Code: document.Reference{Number: "01", Notation: "UBND"}, Date: date,
		Type: TypeInfo{Type: 2, Detail: 18, Name: "Công văn"}, Subject: "V/v báo cáo",
	}
}

func fullStatus() Status {
	return Status{
		From:  document.Agency{Code: "H40.1.2", Name: "UBND xã Định Mỹ"},
		For:   document.Ref{Organ: "H40", Reference: document.Reference{Number: "45", Notation: "UBND-VP"}, Date: document.Date{Year: 2026, Month: 11, Day: 12}, ID: "H40,2026/11/12,45/UBND-VP"},
		Staff: document.Staff{Department: "Văn phòng", Name: "Lê Thị Bưởi", Mobile: "0901", Email: "a@b.vn"},
		Code:  document.StatusRefused, Description: "Sai nơi nhận <xã khác>",
		Time: time.Date(2026, 11, 21, 1, 2, 3, 0, time.UTC),
	}
}

func written(t testing.TB, write func(io.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGoldens(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"document-full.edxml":  func(w io.Writer) error { return WriteDocument(w, fullDocument()) },
		"document-small.edxml": func(w io.Writer) error { return WriteDocument(w, smallDocument()) },
		"status-refused.edxml": func(w io.Writer) error { return WriteStatus(w, fullStatus()) },
	} {
		t.Run(name, func(t *testing.T) {
			got := written(t, write)
			if again := written(t, write); !bytes.Equal(got, again) {
				t.Error("the second writing differs")
			}
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// contents opens every attachment and clears what cannot be compared.
func contents(t testing.TB, d *Document) (all []string) {
	t.Helper()
	for i := range d.Attachments {
		a := &d.Attachments[i]
		r, err := a.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		if int64(len(b)) != a.Size {
			t.Errorf("%s: %d bytes, Size %d", a.Name, len(b), a.Size)
		}
		all = append(all, string(b))
		a.Open, a.Path, a.ContentType = nil, "", ""
	}
	return all
}

func readBytes(t testing.TB, b []byte, o ReadOptions) *Packet {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	p, err := Read(bytes.NewReader(b), o)
	if err != nil {
		t.Fatalf("%v in\n%.2000s", err, b)
	}
	return p
}

func TestFullDocumentComesBack(t *testing.T) {
	want := fullDocument()
	p := readBytes(t, written(t, func(w io.Writer) error { return WriteDocument(w, want) }), ReadOptions{})
	want.Attachments[0].ID, want.Attachments[1].ID = "att-1", "att-2"
	gotFiles, wantFiles := contents(t, p.Document), contents(t, &want)
	if !reflect.DeepEqual(*p.Document, want) || !reflect.DeepEqual(gotFiles, wantFiles) {
		t.Errorf("got  %+v\nwant %+v", *p.Document, want)
	}
	if len(p.Warnings) != 0 {
		t.Errorf("warnings %q", p.Warnings)
	}
}

// Generators of values that packets can carry: trimmed text without the
// characters XML cannot hold.
var (
	genText = rapid.Custom(func(t *rapid.T) string {
		s := rapid.StringOfN(rapid.RuneFrom([]rune(`aăâđêôơưẵợĐỆ z0/<>&"'“”;,.-_%]{}!?=	`+"\n\r")), 0, 60, 120).Draw(t, "text")
		return strings.TrimSpace(s)
	})
	genName = rapid.Map(rapid.StringMatching(`[A-Za-zăđệ0-9][A-Za-z ăđệ0-9]{0,20}`), strings.TrimSpace)
	genCode = rapid.Map(rapid.StringMatching(`[0-9A-Z]{1,4}(\.[0-9A-Z]{1,3}){0,3}`), func(s string) document.Code { return document.Code(s) })
	genDate = rapid.Map(rapid.IntRange(0, 20000), func(n int) document.Date {
		return document.Date{Year: 2000, Month: 1, Day: 1}.AddDays(n)
	})
	genFile = rapid.Custom(func(t *rapid.T) Attachment {
		b := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")
		ext := rapid.SampledFrom([]string{".pdf", ".doc", ".docx", ".zip", ".xlsx", ".txt", ".PNG", ""}).Draw(t, "ext")
		return Attachment{Name: genName.Draw(t, "name") + ext, Description: genText.Draw(t, "description"), Size: int64(len(b)), Open: content(b)}
	})
)

func drawAgency(t *rapid.T) document.Agency {
	return document.Agency{Code: genCode.Draw(t, "code"), Name: genName.Draw(t, "name"), InCharge: genText.Draw(t, "in charge"), Address: genText.Draw(t, "address"), Phone: genText.Draw(t, "phone")}
}

func drawDocument(t *rapid.T) Document {
	date := genDate.Draw(t, "date")
	d := Document{
		From: drawAgency(t), To: []document.Agency{drawAgency(t), drawAgency(t)}[:rapid.IntRange(1, 2).Draw(t, "to")],
		ID: "a" + genText.Draw(t, "id"), Code: document.Reference{Number: "1", Notation: "b" + genName.Draw(t, "notation")}, Place: genName.Draw(t, "place"),
		Date: date, DateRaw: date.Axis(), Type: TypeInfo{Type: rapid.IntRange(0, 9).Draw(t, "type"), Name: genName.Draw(t, "type name")},
		Subject: "c" + genText.Draw(t, "subject"), Content: genText.Draw(t, "content"),
		Other:    Other{Urgency: document.Urgency(rapid.IntRange(0, 4).Draw(t, "urgency")), Pages: rapid.IntRange(0, 999).Draw(t, "pages")},
		Business: Business{Type: rapid.IntRange(0, 3).Draw(t, "kind"), Reason: genText.Draw(t, "reason"), Paper: rapid.Bool().Draw(t, "paper"), Staff: document.Staff{Name: genText.Draw(t, "staff")}},
	}
	if len(d.Code.Notation) > 30 {
		d.Code.Notation = "QĐ"
	}
	if rapid.Bool().Draw(t, "due") {
		d.Due = genDate.Draw(t, "due date")
		d.DueRaw = d.Due.Axis()
	}
	if rapid.Bool().Draw(t, "steering") {
		n := rapid.IntRange(0, 2).Draw(t, "steering type")
		d.Steering = &n
	}
	if rapid.Bool().Draw(t, "tasks") {
		d.Tasks = []string{genName.Draw(t, "task"), genName.Draw(t, "task")}
		d.Application = genName.Draw(t, "application")
	}
	d.Attachments = rapid.SliceOfN(genFile, 0, 3).Draw(t, "files")
	return d
}

// TestReadOfWrite: what is written comes back as it was.
func TestReadOfWrite(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		want := drawDocument(t)
		var b bytes.Buffer
		if err := WriteDocument(&b, want); err != nil {
			t.Fatal(err)
		}
		p, err := Read(&b, ReadOptions{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer p.Remove()
		for i := range want.Attachments {
			a := &want.Attachments[i]
			a.ID, a.Name = strings.TrimPrefix(contentID(*a, i), "cid:"), document.CleanName(a.Name)
			a.Path = p.Document.Attachments[i].Path
		}
		gotFiles, wantFiles := rapidContents(t, p.Document), rapidContents(t, &want)
		if len(want.Attachments) == 0 {
			want.Attachments = nil
		}
		if !reflect.DeepEqual(*p.Document, want) || !reflect.DeepEqual(gotFiles, wantFiles) {
			t.Fatalf("got  %+v\nwant %+v\n%q\n%q", *p.Document, want, gotFiles, wantFiles)
		}
	})
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files left behind", len(left))
	}
}

func rapidContents(t *rapid.T, d *Document) (all []string) {
	for i := range d.Attachments {
		a := &d.Attachments[i]
		r, err := a.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil || int64(len(b)) != a.Size {
			t.Fatalf("%s: %d bytes, Size %d, %v", a.Name, len(b), a.Size, err)
		}
		all = append(all, string(b))
		a.Open, a.ContentType = nil, ""
	}
	return all
}

func TestStatusOfWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		when := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "time"), 0).In(document.Zone())
		want := Status{
			From: drawAgency(t), Staff: document.Staff{Department: genText.Draw(t, "department"), Mobile: genText.Draw(t, "mobile")},
			For:  document.Ref{Organ: genCode.Draw(t, "organ"), Reference: document.Reference{Number: "7", Notation: "b" + genName.Draw(t, "notation")}, Date: genDate.Draw(t, "date"), ID: "x" + genText.Draw(t, "id")},
			Code: document.Status(rapid.SampledFrom([]string{"01", "02", "07", "13", "99"}).Draw(t, "code")), Description: "d" + genText.Draw(t, "description"),
			Time: when, TimeRaw: when.Format(timeLayout),
		}
		var b bytes.Buffer
		if err := WriteStatus(&b, want); err != nil {
			t.Fatal(err)
		}
		p, err := Read(&b, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		got := *p.Status
		if !got.Time.Equal(want.Time) {
			t.Fatalf("time %v, want %v", got.Time, want.Time)
		}
		got.Time = want.Time
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

// TestWireTypes: the types that the reference library gives, and its parser undoes.
func TestWireTypes(t *testing.T) {
	for name, want := range map[string]string{
		"a.pdf": "application/pdf", "a.DOC": "application/doc", "a.docx": "application/docx", "a.zip": "application/zip",
		"a.xls": "application/zip", "a.xlsx": "application/zip", "a.png": "application/zip", "a": "application/zip",
	} {
		if got := wireType(name); got != want || wrapped(name) != (want == "application/zip" && name != "a.zip") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	if err := fullDocument().Check(); err != nil {
		t.Fatal(err)
	}
	if err := smallDocument().Check(); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("ậ", 501)
	for name, change := range map[string]func(*Document){
		"sender":       func(d *Document) { d.From.Code = "" },
		"receivers":    func(d *Document) { d.To = nil },
		"receiver":     func(d *Document) { d.To[1].Code = " " },
		"id":           func(d *Document) { d.ID = "" },
		"number":       func(d *Document) { d.Code.Number = "" },
		"date":         func(d *Document) { d.Date = document.Date{} },
		"type":         func(d *Document) { d.Type.Name = "" },
		"subject":      func(d *Document) { d.Subject = "\n " },
		"long subject": func(d *Document) { d.Subject = long },
		"long number":  func(d *Document) { d.Code.Number = "123456789012" },
		"file name":    func(d *Document) { d.Attachments[0].Name = "" },
		"no content":   func(d *Document) { d.Attachments[0].Open = nil },
	} {
		d := fullDocument()
		change(&d)
		var b bytes.Buffer
		err := WriteDocument(&b, d)
		var problem *document.Problem
		if !errors.Is(err, ErrIncomplete) || !errors.As(err, &problem) || problem.What == "" || b.Len() != 0 {
			t.Errorf("%s: %v after %d bytes", name, err, b.Len())
		}
	}
	for name, change := range map[string]func(*Status){
		"sender":   func(s *Status) { s.From.Code = "" },
		"receiver": func(s *Status) { s.For.Organ = "" },
		"id":       func(s *Status) { s.For.ID = "" },
		"code":     func(s *Status) { s.Code = "" },
		"reason":   func(s *Status) { s.Description = "" },
		"time":     func(s *Status) { s.Time = time.Time{} },
	} {
		s := fullStatus()
		change(&s)
		if err := WriteStatus(io.Discard, s); !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	gone := errors.New("gone")
	d := smallDocument()
	d.Attachments = []Attachment{{Name: "a.pdf", Open: func() (io.ReadCloser, error) { return nil, gone }}}
	if err := WriteDocument(io.Discard, d); !errors.Is(err, gone) {
		t.Errorf("unreadable attachment: %v", err)
	}
	for _, name := range []string{"a.pdf", "a.xlsx"} {
		d.Attachments[0] = Attachment{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(errReader{gone}), nil }}
		if err := WriteDocument(io.Discard, d); !errors.Is(err, gone) {
			t.Errorf("%s breaking off: %v", name, err)
		}
	}
	full := fullWriter{gone}
	if err := WriteDocument(full, fullDocument()); !errors.Is(err, gone) {
		t.Errorf("full disk: %v", err)
	}
	if err := WriteStatus(full, fullStatus()); !errors.Is(err, gone) {
		t.Errorf("full disk: %v", err)
	}
}

type errReader struct{ err error }

func (e errReader) Read([]byte) (int, error) { return 0, e.err }

type fullWriter struct{ err error }

func (f fullWriter) Write([]byte) (int, error) { return 0, f.err }
