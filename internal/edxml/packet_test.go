package edxml

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

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
		Other:       Other{Urgency: document.VeryUrgent, Sphere: "Phòng chống thiên tai", TyperNotation: "NTT", Amount: 5, Pages: 3, Direction: &yes, ReplyFors: "45/UBND-VP", References: "H40-VB-45", Appendixes: []string{"Phụ lục I", "Phụ lục II"}},
		ResponseFor: []document.Ref{{Organ: "H40", Reference: document.Reference{Number: "45", Notation: "UBND-VP"}, Date: date.AddDays(-9), ID: "H40,2026/11/12,45/UBND-VP"}},
		ResponseRaw: []string{"2026/11/12"},
		Steering:    &steering, ToPlaces: []string{"Như trên", "Lưu: VT"},
		Tasks: []string{"CP-2026-0157", "CP-2026-0158"}, Application: "1",
		Traces: []Trace{{Organ: "H40.1.2", Time: "2026/11/21 08:00:00"}},
		Business: Business{
			DocumentID: "H40.1.2,2026/11/20,14/QĐ-UBND", Type: Update, Reason: "Cập nhật văn bản điện tử", Paper: true,
			Staff:   document.Staff{Department: "Văn phòng", DepartmentID: "vp-01", Name: "Lê Thị Bưởi", ID: "btle", Mobile: "0901000000", Email: "vanthu@dinhmy.gov.vn"},
			Changes: &Changes{Document: true, Receivers: true, List: []Receiver{{Organ: "H40", Kind: 0}, {Organ: "H41", Kind: 1}}},
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
		"recall.edxml":         func(w io.Writer) error { return WriteDocument(w, recall()) },
		"replacement.edxml":    func(w io.Writer) error { return WriteDocument(w, replacement()) },
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

// TestWireTypes: the types that the reference library gives, and its parser undoes.
func TestWireTypes(t *testing.T) {
	for name, want := range map[string]string{
		"a.pdf": "application/pdf", "a.DOC": "application/doc", "a.docx": "application/docx", "a.zip": "application/zip",
		"a.xls": "application/zip", "a.xlsx": "application/zip", "a.png": "application/zip", "a": "application/zip",
	} {
		if got := wireType(name, wraps(name, nil)); got != want {
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
	for name, change := range map[string]func(*Document){
		"sender":      func(d *Document) { d.From.Code = "" },
		"receivers":   func(d *Document) { d.To = nil },
		"receiver":    func(d *Document) { d.To[1].Code = " " },
		"id":          func(d *Document) { d.ID = "" },
		"number":      func(d *Document) { d.Code.Number = "" },
		"date":        func(d *Document) { d.Date = document.Date{} },
		"type":        func(d *Document) { d.Type.Name = "" },
		"subject":     func(d *Document) { d.Subject = "\n " },
		"file name":   func(d *Document) { d.Attachments[0].Name = "" },
		"no content":  func(d *Document) { d.Attachments[0].Open = nil },
		"no such day": func(d *Document) { d.Date.Month, d.Date.Day = 2, 30 },
		"no such due": func(d *Document) { d.Due.Month, d.Due.Day = 2, 30 },
		"urgency":     func(d *Document) { d.Other.Urgency = 5 },
		"pages":       func(d *Document) { d.Other.Pages = -1 },
		"many files":  func(d *Document) { d.Attachments = make([]Attachment, maxFiles+1) },
		"huge whole":  func(d *Document) { d.To = make20k(d.To[0]) },
		"many bodies": func(d *Document) {
			d.To = make([]document.Agency, 90_000)
			for i := range d.To {
				d.To[i].Code = "H40"
			}
		},
		"huge labels": func(d *Document) {
			d.Attachments = slices.Repeat([]Attachment{{Name: "a", Description: strings.Repeat("a", maxText), Open: content(nil)}}, maxFiles)
		},
		"huge text":  func(d *Document) { d.Tasks = []string{strings.Repeat("a", maxText+1)} },
		"huge label": func(d *Document) { d.Attachments[1].Description = strings.Repeat("a", maxText+1) },
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
		"far time": func(s *Status) { s.Time = s.Time.AddDate(9000, 0, 0) },
		"form":     func(s *Status) { s.Code = "1" },
		"no text":  func(s *Status) { s.Code = "Đã" },
		"huge":     func(s *Status) { s.Description = strings.Repeat("a", maxText+1) },
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
	d.Attachments[0] = Attachment{Name: "a.pdf", Size: 4, Open: content([]byte("abc"))}
	if err := WriteDocument(io.Discard, d); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a file that became shorter: %v", err)
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

// make20k is one agency 20,000 times: more text than our reader takes.
func make20k(a document.Agency) (all []document.Agency) {
	a.Address = strings.Repeat("Ấp Mỹ Phú ", 99)
	for range 20_000 {
		all = append(all, a)
	}
	return all
}
