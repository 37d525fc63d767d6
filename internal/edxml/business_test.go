package edxml

import (
	"errors"
	"io"
	"strings"
	"testing"

	"vanthu/internal/document"
)

// recall, update and replacement are the smallest valid packets of their kind.
func recall() Document {
	d := smallDocument()
	d.Business = Business{DocumentID: d.ID, Type: Recall, Reason: "Gửi nhầm nơi nhận"}
	return d
}

func updated() Document {
	d := smallDocument()
	d.Business = Business{Type: Update, Reason: "Bổ sung nơi nhận", Changes: &Changes{Receivers: true, List: []Receiver{{Organ: "H40.1.3", Kind: 1}}}}
	return d
}

func replacement() Document {
	d := smallDocument()
	d.Business = Business{Type: Replace, Reason: "Sai thể thức", Replaces: []Replacement{{DocumentID: "H40.1.2,2026/03/01,7/UBND", Organs: []document.Code{"H40"}}}}
	return d
}

// TestVariants: each kind is written only when it is valid.
func TestVariants(t *testing.T) {
	for name, tt := range map[string]struct {
		from   func() Document
		change func(*Business)
		valid  bool
	}{
		"new":                        {smallDocument, func(b *Business) {}, true},
		"new, naming an older one":   {smallDocument, func(b *Business) { b.DocumentID = "H40.1.2,2014/02/30,7806/UBND" }, true},
		"new with changes":           {smallDocument, func(b *Business) { b.Changes = &Changes{Document: true} }, false},
		"new with replaced ones":     {smallDocument, func(b *Business) { b.Replaces = replacement().Business.Replaces }, false},
		"recall":                     {recall, func(b *Business) {}, true},
		"recall naming nothing":      {recall, func(b *Business) { b.DocumentID = "" }, true},
		"recall of another":          {recall, func(b *Business) { b.DocumentID = "H40" }, false},
		"recall without reason":      {recall, func(b *Business) { b.Reason = " " }, false},
		"recall with changes":        {recall, func(b *Business) { b.Changes = &Changes{Document: true} }, false},
		"recall with replaced ones":  {recall, func(b *Business) { b.Replaces = replacement().Business.Replaces }, false},
		"update":                     {updated, func(b *Business) {}, true},
		"update of the data":         {updated, func(b *Business) { b.Changes = &Changes{Document: true} }, true},
		"update of nothing":          {updated, func(b *Business) { b.Changes = &Changes{} }, false},
		"update without the block":   {updated, func(b *Business) { b.Changes = nil }, false},
		"update without reason":      {updated, func(b *Business) { b.Reason = "" }, false},
		"update, list unannounced":   {updated, func(b *Business) { b.Changes.Document, b.Changes.Receivers = true, false }, false},
		"update, receiver nameless":  {updated, func(b *Business) { b.Changes.List[0].Organ = "" }, false},
		"update, receiver's kind":    {updated, func(b *Business) { b.Changes.List[0].Kind = 2 }, false},
		"update with replaced ones":  {updated, func(b *Business) { b.Replaces = replacement().Business.Replaces }, false},
		"replacement":                {replacement, func(b *Business) {}, true},
		"replacement of nothing":     {replacement, func(b *Business) { b.Replaces = nil }, false},
		"replacement without id":     {replacement, func(b *Business) { b.Replaces[0].DocumentID = "" }, false},
		"replacement, nameless body": {replacement, func(b *Business) { b.Replaces[0].Organs = []document.Code{""} }, false},
		"replacement without bodies": {replacement, func(b *Business) { b.Replaces[0].Organs = nil }, true},
		"replacement without reason": {replacement, func(b *Business) { b.Reason = "" }, false},
		"replacement with changes":   {replacement, func(b *Business) { b.Changes = &Changes{Document: true} }, false},
		"unknown kind":               {recall, func(b *Business) { b.Type = 4 }, false},
		"negative kind":              {recall, func(b *Business) { b.Type = -1 }, false},
	} {
		d := tt.from()
		tt.change(&d.Business)
		err := WriteDocument(io.Discard, d)
		if tt.valid != (err == nil) || err != nil && !errors.Is(err, ErrIncomplete) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestBusinessRead: what senders make of the block.
func TestBusinessRead(t *testing.T) {
	for name, tt := range map[string]struct {
		block  string
		kind   int
		warned string
	}{
		"none":             {"", New, "thiếu khối nghiệp vụ"},
		"empty":            {"<edXML:Bussiness/>", New, ""},
		"spelt well":       {"<edXML:Business><edXML:BusinessDocType>1</edXML:BusinessDocType><edXML:BusinessDocReason>gửi nhầm</edXML:BusinessDocReason></edXML:Business>", Recall, ""},
		"text":             {"<edXML:Bussiness><edXML:BussinessDocType>Mới</edXML:BussinessDocType></edXML:Bussiness>", New, "“Mới” không hiểu được"},
		"unknown":          {"<edXML:Bussiness><edXML:BussinessDocType>7</edXML:BussinessDocType></edXML:Bussiness>", 7, "không có trong quy chuẩn"},
		"replaces nothing": {"<edXML:Bussiness><edXML:BussinessDocType>3</edXML:BussinessDocType></edXML:Bussiness>", Replace, "không kê văn bản bị thay thế"},
	} {
		p := readBytes(t, []byte(handmade(plainMessage, "<edXML:TraceHeaderList>"+tt.block+"</edXML:TraceHeaderList>", "", "")), ReadOptions{})
		warnings := strings.Join(p.Warnings[:len(p.Warnings)-1], "\n") // the last is about the missing DocumentId
		if p.Document.Business.Type != tt.kind || (tt.warned == "") != (warnings == "") || !strings.Contains(warnings, tt.warned) {
			t.Errorf("%s: %+v, %q", name, p.Document.Business, p.Warnings)
		}
	}
}

// TestWarnings: what is too long is told, written whole and read whole.
func TestWarnings(t *testing.T) {
	d := fullDocument()
	if all := d.Warnings(); len(all) != 0 {
		t.Errorf("nothing is too long, yet %q", all)
	}
	long := strings.Repeat("ậ", 501)
	d.Subject, d.Code.Number, d.To[0].Name, d.Other.Pages = long, "123456789012", long, 1000
	if all := d.Warnings(); len(all) != 4 || !strings.Contains(strings.Join(all, "\n"), "trích yếu dài 501 ký tự (quy chuẩn: tối đa 500)") {
		t.Errorf("warnings %q", all)
	}
	p := readBytes(t, written(t, func(w io.Writer) error { return WriteDocument(w, d) }), ReadOptions{})
	if got := p.Document; got.Subject != long || got.Code != d.Code || got.To[0].Name != long || got.Other.Pages != 1000 {
		t.Errorf("cut: %+v", got)
	}
	s := fullStatus()
	s.From.Name = long
	if all := s.Warnings(); len(all) != 1 || len(fullStatus().Warnings()) != 0 {
		t.Errorf("warnings %q", all)
	}
	if got := readBytes(t, written(t, func(w io.Writer) error { return WriteStatus(w, s) }), ReadOptions{}).Status; got.From.Name != long {
		t.Errorf("cut: %+v", got)
	}
}
