package edxml

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"vanthu/internal/document"
)

// handmade builds a packet from pieces, not with our writer.
func handmade(message, traces, manifest, attachments string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><edXML xmlns="` + Namespace + `"><edXML:edXMLEnvelope xmlns:edXML="` + Namespace + `"><edXML:edXMLHeader><edXML:MessageHeader>` +
		message + `</edXML:MessageHeader>` + traces + `</edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0">` + manifest +
		`</edXML:edXMLManifest></edXML:edXMLBody></edXML:edXMLEnvelope><AttachmentEncoded>` + attachments + `</AttachmentEncoded></edXML>`
}

const plainMessage = `<edXML:From><edXML:OrganId>H40</edXML:OrganId></edXML:From><edXML:To><edXML:OrganId>H40.1</edXML:OrganId></edXML:To>` +
	`<edXML:Code><edXML:CodeNumber>15</edXML:CodeNumber><edXML:CodeNotation>QĐ-UBND</edXML:CodeNotation></edXML:Code>` +
	`<edXML:PromulgationInfo><edXML:PromulgationDate>2026/11/21</edXML:PromulgationDate></edXML:PromulgationInfo><edXML:Subject>Trích yếu</edXML:Subject>`

// shuffled turns the order of a message's elements round.
func shuffled(message string) string {
	var all string
	for rest := message; rest != ""; {
		name := rest[:strings.IndexByte(rest, '>')+1]
		end := strings.Index(rest, "</"+name[1:]) + len(name) + 1
		all, rest = rest[:end]+all, rest[end:]
	}
	return all
}

func attached(name, kind, encoded string) string {
	return `<Attachment><ContentId>cid:1</ContentId><AttachmentName>` + name + `</AttachmentName><ContentType>` + kind +
		`</ContentType><edXML:ContentTransferEncoded xmlns:edXML="` + Namespace + `">` + encoded + `</edXML:ContentTransferEncoded></Attachment>`
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, files[i+1])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestRefused(t *testing.T) {
	good := handmade(plainMessage, "", "", "")
	utf16le := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(good)) {
		utf16le = append(utf16le, byte(u), byte(u>>8))
	}
	bomb := b64(zipped(t, "a", strings.Repeat("0", 3<<20)))
	for name, tt := range map[string]struct {
		packet string
		class  error
	}{
		"empty":            {"", ErrBroken},
		"no XML":           {"đây không phải gói tin", ErrBroken},
		"HTML":             {"<!DOCTYPE html><html></html>", ErrForbidden},
		"page":             {"<html></html>", ErrBroken},
		"DTD":              {strings.Replace(good, "<edXML ", `<!DOCTYPE edXML><edXML `, 1), ErrDTD},
		"entity":           {strings.Replace(good, "<edXML ", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><edXML `, 1), ErrForbidden},
		"late DTD":         {strings.Replace(good, "<AttachmentEncoded>", `<!ENTITY a "b"><AttachmentEncoded>`, 1), ErrDTD},
		"DTD in content":   {handmade(plainMessage, "", "", attached("a.pdf", "x", "AAAA<!DOCTYPE x>")), ErrDTD},
		"unknown entity":   {strings.Replace(good, "Trích", "&xxe;", 1), ErrBroken},
		"traversal":        {handmade(plainMessage, "", "", attached("../../.ssh/authorized_keys", "x", b64("k"))), ErrTraversal},
		"other traversal":  {handmade(plainMessage, "", "", attached(`a\.. \b.pdf`, "x", b64("k"))), ErrTraversal},
		"listed traversal": {handmade(plainMessage, "", `<edXML:Reference><edXML:AttachmentName>..</edXML:AttachmentName></edXML:Reference>`, attached("a", "x", b64("k"))), ErrTraversal},
		"zip slip":         {handmade(plainMessage, "", "", attached("a.xls", "application/zip", b64(zipped(t, "../../../etc/passwd", "x")))), ErrTraversal},
		"other namespace":  {strings.ReplaceAll(good, Namespace, "http://www.e-doc.vn/Schema/"), ErrBroken},
		"no namespace":     {"<edXML><edXMLEnvelope/></edXML>", ErrBroken},
		"other root":       {strings.ReplaceAll(strings.ReplaceAll(good, "<edXML ", "<EDXML "), "</edXML>", "</EDXML>"), ErrBroken},
		"no header":        {`<edXML xmlns="` + Namespace + `"/>`, ErrBroken},
		"UTF-16":           {string(utf16le), ErrEncoding},
		"UTF-16 unmarked":  {string(utf16le[2:]), ErrEncoding},
		"windows-1258":     {strings.Replace(good, "Trích", "Tr\xedch", 1), ErrEncoding},
		"cut":              {good[:len(good)-9], ErrBroken},
		"cut in a tag":     {good[:len(good)-3], ErrBroken},
		"cut in content":   {handmade(plainMessage, "", "", attached("a.pdf", "x", b64("abc")))[:len(handmade(plainMessage, "", "", ""))], ErrBroken},
		"cut in comment":   {good[:len(good)-8] + "<!-- ", ErrBroken},
		"twice":            {good + good[strings.Index(good, "<edXML "):], ErrBroken},
		"crossed":          {strings.Replace(good, "</edXML:Subject>", "</edXML:Subjec>", 1), ErrBroken},
		"deep":             {handmade(plainMessage+strings.Repeat("<a>", 1000)+strings.Repeat("</a>", 1000), "", "", ""), ErrTooLarge},
		"deep elsewhere":   {handmade(plainMessage+`<x:a xmlns:x="urn:x">`+strings.Repeat("<x:a>", 100_000)+strings.Repeat("</x:a>", 100_000)+"</x:a>", "", "", ""), ErrTooLarge},
		"many":             {handmade(plainMessage+strings.Repeat("<a/>", maxNodes+1), "", "", ""), ErrTooLarge},
		"long text":        {handmade(plainMessage+"<edXML:Content>"+strings.Repeat("a", maxSkeleton)+"</edXML:Content>", "", "", ""), ErrTooLarge},
		"long id":          {handmade(plainMessage+"<edXML:DocumentId>"+strings.Repeat("a", maxText+1)+"</edXML:DocumentId>", "", "", ""), ErrTooLarge},
		"long tag":         {handmade(plainMessage+`<a b="`+strings.Repeat("a", maxTag)+`"/>`, "", "", ""), ErrTooLarge},
		"long CDATA":       {handmade(plainMessage+"<edXML:Content><![CDATA["+strings.Repeat("a", maxSkeleton+maxTag)+"]]></edXML:Content>", "", "", ""), ErrTooLarge},
		"long packet":      {handmade(plainMessage+"<!--"+strings.Repeat("a", 41<<20)+"-->", "", "", ""), ErrTooLarge},
		"long file":        {handmade(plainMessage, "", "", attached("a.pdf", "x", b64(strings.Repeat("a", 2<<20+1)))), ErrTooLarge},
		"ZIP bomb":         {handmade(plainMessage, "", "", attached("a.pdf", "x", bomb)), ErrTooLarge},
		"many files":       {handmade(plainMessage, "", "", strings.Repeat(attached("a", "x", "QQ=="), maxFiles+1)), ErrTooLarge},
		"many small bombs": {handmade(plainMessage, "", "", strings.Repeat(attached("a.doc", "x", b64(zipped(t, "a", strings.Repeat("0", 2<<20)))), 60)), ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p, err := Read(strings.NewReader(tt.packet), ReadOptions{Dir: dir, MaxPacket: 40 << 20, MaxFile: 2 << 20})
			if !errors.Is(err, tt.class) || p != nil {
				t.Errorf("%+v, %v; want %v", p, err, tt.class)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("%d files left behind", len(left))
			}
		})
	}
	if !errors.Is(ErrEncoding, ErrBroken) || !errors.Is(ErrDTD, ErrForbidden) || !errors.Is(ErrTraversal, ErrForbidden) {
		t.Error("a class is not of its larger class")
	}
}

// TestTolerated: what the field sends is read, and what it means.
func TestTolerated(t *testing.T) {
	good := handmade(plainMessage, "", "", "")
	unprefixed := strings.ReplaceAll(strings.ReplaceAll(good, "edXML:", ""), "xmlns:edXML", "xmlns")
	for name, tt := range map[string]struct {
		packet string
		check  func(d *Document) bool
	}{
		"plain": {good, func(d *Document) bool {
			return d.Subject == "Trích yếu" && d.From.Code == "H40" && d.To[0].Code == "H40.1"
		}},
		"byte order mark": {"\ufeff" + good, func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"junk before":     {"1212" + good, func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"blank lines":     {"\r\n \n" + good + "\r\n\r\n", func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"no declaration":  {good[strings.Index(good, "<edXML "):], func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"wrong label":     {strings.Replace(good, "UTF-8", "utf-16", 1), func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"no prefix":       {unprefixed, func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"another prefix":  {strings.ReplaceAll(strings.ReplaceAll(good, "edXML:", "ns0:"), "xmlns:edXML", "xmlns:ns0"), func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"comments":        {strings.Replace(good, "Trích", "<!-- a > b -->Tr<!---->ích", 1), func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"CDATA":           {strings.Replace(good, "Trích yếu", "<![CDATA[a < b & c]]>", 1), func(d *Document) bool { return d.Subject == "a < b & c" }},
		"instruction":     {strings.Replace(good, "<edXML ", `<?xml-stylesheet href="x>y"?><edXML `, 1), func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"character":       {strings.Replace(good, "Trích", "Tr&#xED;ch", 1), func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"empty elements": {strings.Replace(good, "<edXML:Subject>", "<edXML:ResponseFor/><edXML:OtherInfo/><edXML:ToPlaces/><edXML:DueDate/><edXML:SteeringType/><edXML:Subject>", 1), func(d *Document) bool {
			return len(d.ResponseFor) == 0 && d.Steering == nil && d.ToPlaces == nil && d.DueRaw == ""
		}},
		"odd values": {strings.Replace(good, "<edXML:Subject>", "<edXML:OtherInfo><edXML:Priority>Rất gấp</edXML:Priority><edXML:PageAmount>ba</edXML:PageAmount></edXML:OtherInfo><edXML:SteeringType>x</edXML:SteeringType><edXML:Subject>", 1), func(d *Document) bool {
			return d.Other.Urgency == 0 && d.Other.Pages == 0 && d.Steering == nil
		}},
		"urgency by name": {strings.Replace(good, "<edXML:Subject>", "<edXML:OtherInfo><edXML:Priority>Hỏa tốc</edXML:Priority></edXML:OtherInfo><edXML:Subject>", 1), func(d *Document) bool { return d.Other.Urgency == document.Express }},
		"impossible date": {strings.Replace(good, "2026/11/21", "2014/02/30", 1), func(d *Document) bool {
			return d.Date.IsZero() && d.DateRaw == "2014/02/30" && d.ID == "H40,2014/02/30,15/QĐ-UBND"
		}},
		"other date": {strings.Replace(good, "2026/11/21", "21/11/2026", 1), func(d *Document) bool {
			return d.Date.Axis() == "2026/11/21" && d.DateRaw == "21/11/2026" && d.ID == "H40,2026/11/21,15/QĐ-UBND"
		}},
		"ISO date":       {strings.Replace(good, "2026/11/21", "2026-11-21", 1), func(d *Document) bool { return d.ID == "H40,2026/11/21,15/QĐ-UBND" }},
		"ISO date, time": {strings.Replace(good, "2026/11/21", "2026-11-21T00:00:00", 1), func(d *Document) bool { return d.Date.Axis() == "2026/11/21" && d.DateRaw == "2026-11-21T00:00:00" }},
		"UTC midnight here": {strings.Replace(good, "2026/11/21", "2026-11-20T17:00:00Z", 1), func(d *Document) bool {
			return d.Date.Axis() == "2026/11/21" && d.ID == "H40,2026/11/21,15/QĐ-UBND"
		}},
		"no due date in .NET": {strings.Replace(good, "<edXML:Subject>", "<edXML:DueDate>0001-01-01T00:00:00</edXML:DueDate><edXML:Subject>", 1), func(d *Document) bool {
			return d.Due.IsZero() && d.DueRaw == "0001-01-01T00:00:00"
		}},
		"letters in the number": {strings.Replace(good, ">15<", ">74fass22<", 1), func(d *Document) bool { return d.Code.String() == "74fass22/QĐ-UBND" }},
		"# in the notation":     {strings.Replace(good, ">QĐ-UBND<", ">QĐ-UBND#<", 1), func(d *Document) bool { return d.Code.Notation == "QĐ-UBND#" }},
		"nothing attached":      {strings.Replace(good, "<AttachmentEncoded></AttachmentEncoded>", "", 1), func(d *Document) bool { return d.Attachments == nil }},
		"no body":               {strings.Replace(good, `<edXML:edXMLBody><edXML:edXMLManifest version="1.0"></edXML:edXMLManifest></edXML:edXMLBody>`, "", 1), func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"empty organization": {strings.Replace(good, "<edXML:To>", "<edXML:To><edXML:OrganName/><edXML:Email></edXML:Email>", 1), func(d *Document) bool {
			return len(d.To) == 1 && d.To[0] == document.Agency{Code: "H40.1"}
		}},
		"shuffled": {handmade(shuffled(plainMessage), "", "", ""), func(d *Document) bool {
			return d.Subject == "Trích yếu" && d.From.Code == "H40" && d.Code.String() == "15/QĐ-UBND" && d.Date.Axis() == "2026/11/21"
		}},
		"places as one text": {strings.Replace(good, "<edXML:Subject>", "<edXML:ToPlaces>Như trên; Lưu: VT</edXML:ToPlaces><edXML:Subject>", 1), func(d *Document) bool {
			return len(d.ToPlaces) == 1 && d.ToPlaces[0] == "Như trên; Lưu: VT"
		}},
		"codes in elements": {strings.Replace(good, "<edXML:Subject>", "<edXML:OtherInfo><edXML:ReferenceCodes><edXML:Code>1/A</edXML:Code><edXML:Code>2/B</edXML:Code></edXML:ReferenceCodes><edXML:ReplyFors>3/C</edXML:ReplyFors></edXML:OtherInfo><edXML:Subject>", 1), func(d *Document) bool {
			return d.Other.References == "1/A; 2/B" && d.Other.ReplyFors == "3/C"
		}},
		"answered on no day": {strings.Replace(good, "<edXML:Subject>", "<edXML:ResponseFor/><edXML:ResponseFor><edXML:Code>12/12/QĐ</edXML:Code><edXML:PromulgationDate>2014/02/30</edXML:PromulgationDate></edXML:ResponseFor><edXML:Subject>", 1), func(d *Document) bool {
			return len(d.ResponseFor) == 1 && d.ResponseFor[0].Reference.String() == "12/12/QĐ" && d.ResponseFor[0].Date.IsZero() && d.ResponseRaw[0] == "2014/02/30"
		}},
		"malformed code":   {strings.Replace(good, ">H40<", ">28.22.H17_x<", 1), func(d *Document) bool { return d.From.Code == "28.22.H17_x" }},
		"lower-case code":  {strings.Replace(good, ">H40<", "> h40 <", 1), func(d *Document) bool { return d.From.Code == "H40" }},
		"empty sender":     {strings.Replace(good, "<edXML:OrganId>H40</edXML:OrganId>", "", 1), func(d *Document) bool { return d.From == document.Agency{} && d.ID == "" }},
		"code as one text": {strings.Replace(good, "<edXML:CodeNumber>15</edXML:CodeNumber><edXML:CodeNotation>QĐ-UBND</edXML:CodeNotation>", "15/QĐ-UBND", 1), func(d *Document) bool { return d.Code.String() == "15/QĐ-UBND" && d.Code.Number == "15" }},
		"number doubled":   {strings.Replace(good, ">QĐ-UBND<", ">15/QĐ-UBND<", 1), func(d *Document) bool { return d.Code.String() == "15/QĐ-UBND" }},
		"no business":      {good, func(d *Document) bool { return d.Business.Type == New }},
		"traces": {handmade(plainMessage, "<edXML:TraceHeaderList><edXML:Bussiness><edXML:BussinessDocType>1</edXML:BussinessDocType></edXML:Bussiness><edXML:TraceHeader><edXML:OrganId>null</edXML:OrganId><edXML:Timestamp>0020/01/01</edXML:Timestamp></edXML:TraceHeader><edXML:TraceHeader/></edXML:TraceHeaderList>", "", ""), func(d *Document) bool {
			return d.Business.Type == Recall && len(d.Traces) == 2 && d.Traces[0] == (Trace{Time: "0020/01/01"})
		}},
		"deep signature":  {strings.Replace(good, "</edXML:MessageHeader>", "</edXML:MessageHeader><Signature>"+strings.Repeat("<Object>", 99)+strings.Repeat("MII", maxText)+strings.Repeat("</Object>", 99)+"</Signature>", 1), func(d *Document) bool { return d.Subject == "Trích yếu" }},
		"foreign subtree": {strings.Replace(good, "<edXML:Subject>", `<x:Subject xmlns:x="urn:x">giả<edXML:Subject>giả</edXML:Subject></x:Subject><edXML:Subject>`, 1), func(d *Document) bool { return d.Subject == "Trích yếu" }},
	} {
		t.Run(name, func(t *testing.T) {
			p := readBytes(t, []byte(tt.packet), ReadOptions{})
			if p.Document == nil || !tt.check(p.Document) || p.Sealed != strings.Contains(name, "signature") {
				t.Errorf("%+v", p)
			}
		})
	}
}

func TestStatusTolerated(t *testing.T) {
	status := func(rest string) string {
		return `<edXML xmlns="` + Namespace + `"><edXMLEnvelope><edXMLHeader><MessageHeader><From><OrganId>H40</OrganId></From><ResponseFor><OrganId>H40.1</OrganId><Code>7816/VPCP-TTĐT</Code><PromulgationDate>2015-09-30</PromulgationDate></ResponseFor>` +
			rest + `</MessageHeader></edXMLHeader></edXMLEnvelope></edXML>`
	}
	for name, tt := range map[string]struct {
		rest string
		want Status
	}{
		"unknown code": {"<StatusCode>07</StatusCode>", Status{Code: "07"}},
		"odd code":     {"<StatusCode>Đã nhận</StatusCode>", Status{Code: "Đã nhận"}},
		"no code":      {"", Status{}},
		"ISO time":     {"<StatusCode>01</StatusCode><Timestamp>2026-11-21T08:00:00</Timestamp>", Status{Code: "01", TimeRaw: "2026-11-21T08:00:00"}},
		"no time":      {"<StatusCode>01</StatusCode><Timestamp>hôm qua</Timestamp>", Status{Code: "01", TimeRaw: "hôm qua"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := readBytes(t, []byte(status(tt.rest)), ReadOptions{})
			s := p.Status
			if s == nil || s.Code != tt.want.Code || s.TimeRaw != tt.want.TimeRaw || s.From.Code != "H40" || s.For.ID != "H40.1,2015/09/30,7816/VPCP-TTĐT" {
				t.Fatalf("%+v", s)
			}
			if s.Time.IsZero() != (s.TimeRaw == "" || s.TimeRaw == "hôm qua") {
				t.Errorf("time %v of %q", s.Time, s.TimeRaw)
			}
		})
	}
	p := readBytes(t, []byte(status("<StatusCode>13</StatusCode>")), ReadOptions{})
	if p.Status.For.ID != "H40,2015/09/30,7816/VPCP-TTĐT" {
		t.Errorf("a retraction is about its sender's document: %q", p.Status.For.ID)
	}
}

func TestAttachments(t *testing.T) {
	pdf, ole := "%PDF-1.7 nội dung", "\xD0\xCF\x11\xE0 nội dung"
	damaged := zipped(t, "a.xls", strings.Repeat("dữ liệu ", 99))
	damaged = strings.Replace(damaged, damaged[40:60], strings.Repeat("\xff", 20), 1)
	damagedPDF := "%PDF-1.4\n%\uFFFD\uFFFD\n1 0 obj\nstream\nx\u009c\uFFFD\uFFFD" + strings.Repeat("ế", headSize)
	soundPDF := "%PDF-1.7\n%\uFFFD\uFFFD\uFFFD\uFFFD\n1 0 obj\nstream\nx\x9c\xff\xfe\uFFFD"
	textPDF := "%PDF-1.7\n%\uFFFD\uFFFD\uFFFD\uFFFD\n1 0 obj\nđồng"
	encrypted := zipped(t, "a.doc", ole)
	central := strings.Index(encrypted, "PK\x01\x02")
	encrypted = encrypted[:central+8] + "\x09" + encrypted[central+9:]
	for name, tt := range map[string]struct {
		attachment          string
		name, kind, content string
		warned              bool
	}{
		"pdf":                     {attached("a.pdf", "application/pdf", b64(pdf)), "a.pdf", "application/pdf", pdf, false},
		"wrapped lines":           {attached("a.pdf", "application/pdf", b64(pdf)[:8]+"\r\n\t"+b64(pdf)[8:]), "a.pdf", "application/pdf", pdf, false},
		"character references":    {attached("a.pdf", "application/pdf", b64(pdf)[:8]+"&#13;\n&#xD;"+b64(pdf)[8:]), "a.pdf", "application/pdf", pdf, false},
		"CDATA":                   {attached("a.pdf", "application/pdf", b64(pdf)[:8]+"<![CDATA["+b64(pdf)[8:]+"]]>"), "a.pdf", "application/pdf", pdf, false},
		"comment inside":          {attached("a.pdf", "application/pdf", b64(pdf)[:8]+"<!-- AAAA -->"+b64(pdf)[8:]), "a.pdf", "application/pdf", pdf, false},
		"no padding":              {attached("a.pdf", "application/pdf", strings.TrimRight(b64(pdf), "=")), "a.pdf", "application/pdf", pdf, false},
		"joined pieces":           {attached("a.pdf", "application/pdf", b64(pdf[:8])+b64(pdf[8:])), "a.pdf", "application/pdf", pdf, false},
		"label lies":              {attached("a.doc", "application/pdf", b64(ole)), "a.doc", "application/doc", ole, false},
		"zip of a doc":            {attached("a.doc", "application/zip", b64(zipped(t, "32da.edxml", ole))), "a.doc", "application/doc", ole, false},
		"zip labelled pdf":        {attached("a.pdf", "application/pdf", b64(zipped(t, "x", pdf))), "a.pdf", "application/pdf", pdf, false},
		"path inside":             {attached("a.xls", "application/zip", b64(zipped(t, "thư mục/..b/c", ole))), "a.xls", "application/xls", ole, false},
		"name from entry":         {attached("", "application/zip", b64(zipped(t, "a/b.doc", ole))), "b.doc", "application/doc", ole, false},
		"a real zip":              {attached("a.ZIP", "application/zip", b64(zipped(t, "x", ole))), "a.ZIP", "application/zip", zipped(t, "x", ole), false},
		"docx":                    {attached("a.docx", "application/docx", b64(zipped(t, "[Content_Types].xml", "x", "y", "z"))), "a.docx", "application/docx", zipped(t, "[Content_Types].xml", "x", "y", "z"), false},
		"docx named doc":          {attached("a.doc", "application/zip", b64(zipped(t, "[Content_Types].xml", "x", "y", "z"))), "a.doc", "application/zip", zipped(t, "[Content_Types].xml", "x", "y", "z"), false},
		"zip with damaged entry":  {attached("a.xls", "application/zip", b64(damaged)), "a.xls", "application/zip", damaged, true},
		"zip cut":                 {attached("a.xls", "application/zip", b64("PK\x03\x04abc")), "a.xls", "application/zip", "PK\x03\x04abc", true},
		"not a zip":               {attached("a.xls", "application/zip", b64("bảng")), "a.xls", "application/octet-stream", "bảng", true},
		"damaged pdf":             {attached("a.pdf", "application/pdf", b64(damagedPDF)), "a.pdf", "application/pdf", damagedPDF, true},
		"own comment":             {attached("a.pdf", "application/pdf", b64(soundPDF)), "a.pdf", "application/pdf", soundPDF, false},
		"own comment, text":       {attached("a.pdf", "application/pdf", b64(textPDF)), "a.pdf", "application/pdf", textPDF, false},
		"damaged doc":             {attached("a.doc", "application/doc", b64("\uFFFD\uFFFD\x11\uFFFD\x00")), "a.doc", "application/octet-stream", "\uFFFD\uFFFD\x11\uFFFD\x00", true},
		"pdf that is none":        {attached("a.pdf", "application/pdf", b64("<html>")), "a.pdf", "application/octet-stream", "<html>", true},
		"not base64":              {attached("a.txt", "text/plain", "YWJj!!!?"), "a.txt", "text/plain", "abc", true},
		"bad reference":           {attached("a.txt", "text/plain", "YWJj&#1234567;"), "a.txt", "text/plain", "abc", true},
		"empty":                   {attached("a.txt", "text/plain", ""), "a.txt", "text/plain", "", true},
		"text behind a tag":       {attached("a.txt", "x", b64("một")+"<b/>0") + attached("b.txt", "x", b64("hai")), "a.txt", "x", "một", true},
		"in the envelope":         {`</AttachmentEncoded><edXML:edXMLEnvelope xmlns:edXML="` + Namespace + `"><edXML:AttachmentEncoded>` + attached("a.pdf", "x", b64(pdf)) + `</edXML:AttachmentEncoded></edXML:edXMLEnvelope><AttachmentEncoded>`, "a.pdf", "application/pdf", pdf, false},
		"no name at all":          {attached("", "application/pdf", b64(pdf)), "tep", "application/pdf", pdf, false},
		"kmz as it is":            {attached("a.kmz", "x", b64(zipped(t, "doc.kml", "x"))), "a.kmz", "application/zip", zipped(t, "doc.kml", "x"), false},
		"kmz wrapped":             {attached("a.kmz", "application/zip", b64(zipped(t, "a.kmz", zipped(t, "doc.kml", "x")))), "a.kmz", "application/zip", zipped(t, "doc.kml", "x"), false},
		"encrypted zip":           {attached("a.doc", "application/zip", b64(encrypted)), "a.doc", "application/zip", encrypted, false},
		"quoted bracket":          {strings.Replace(attached("a.pdf", "application/pdf", b64(pdf)), "Encoded xmlns", "Encoded note='a > b' xmlns", 1), "a.pdf", "application/pdf", pdf, false},
		"self-closed":             {`<Attachment><AttachmentName>a.txt</AttachmentName><ContentTransferEncoded/></Attachment>`, "a.txt", "", "", true},
		"no content element":      {`<Attachment><AttachmentName>a.txt</AttachmentName></Attachment>`, "a.txt", "", "", true},
		"path":                    {attached("C:\\fakepath\\công văn.pdf", "x", b64(pdf)), "công văn.pdf", "application/pdf", pdf, false},
		"device":                  {attached("C:\\con.txt", "x", b64("k")), "_con.txt", "x", "k", false},
		"prefixed":                {strings.NewReplacer("<Attachment", "<edXML:Attachment", "</Attachment", "</edXML:Attachment").Replace(attached("a.pdf", "x", b64(pdf))), "a.pdf", "application/pdf", pdf, false},
		"number cannot be forged": {attached("a.txt", "x", "1"), "a.txt", "x", "", true},
	} {
		t.Run(name, func(t *testing.T) {
			p := readBytes(t, []byte(handmade(plainMessage, "<edXML:TraceHeaderList><edXML:Bussiness/></edXML:TraceHeaderList>", "", tt.attachment)), ReadOptions{})
			if len(p.Document.Attachments) != 1 && name != "text behind a tag" {
				t.Fatalf("%d attachments", len(p.Document.Attachments))
			}
			a := p.Document.Attachments[0]
			got := contents(t, p.Document)[0]
			if a.Name != tt.name || a.ContentType != tt.kind || got != tt.content {
				t.Errorf("%q %q %q", a.Name, a.ContentType, got)
			}
			warned := len(p.Warnings) > 1 // the missing DocumentId is always told
			if warned != tt.warned {
				t.Errorf("warnings %q", p.Warnings)
			}
		})
	}
}

func TestManifestLinks(t *testing.T) {
	ref := func(id, name, text string) string {
		return `<edXML:Reference><edXML:ContentId>` + id + `</edXML:ContentId><edXML:AttachmentName>` + name + `</edXML:AttachmentName><edXML:Description>` + text + `</edXML:Description></edXML:Reference>`
	}
	att := func(id, name string) string {
		return `<Attachment><ContentId>` + id + `</ContentId><AttachmentName>` + name + `</AttachmentName><ContentTransferEncoded>YQ==</ContentTransferEncoded></Attachment>`
	}
	for name, tt := range map[string]struct {
		manifest, attachments string
		want                  []string
	}{
		"by id":       {ref("cid:2", "b", "hai") + ref("cid:1", "a", "một"), att("cid:1", "x") + att("2", "y"), []string{"x một", "y hai"}},
		"by name":     {ref("cid:9", "b", "hai") + ref("cid:8", "a", "một"), att("cid:1", "a") + att("cid:2", "b"), []string{"a một", "b hai"}},
		"by position": {ref("cid:9", "b", "hai") + ref("cid:8", "a", "một"), att("", "") + att("", ""), []string{"b hai", "a một"}},
		"no manifest": {"", att("cid:1", "a"), []string{"a "}},
	} {
		p := readBytes(t, []byte(handmade(plainMessage, "", tt.manifest, tt.attachments)), ReadOptions{})
		var got []string
		for _, a := range p.Document.Attachments {
			got = append(got, a.Name+" "+a.Description)
		}
		if strings.Join(got, "|") != strings.Join(tt.want, "|") {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestReaderErrorsPass(t *testing.T) {
	gone := errors.New("đĩa hỏng")
	packet := handmade(plainMessage, "", "", attached("a.pdf", "x", b64("abc")))
	for n := 0; n < len(packet); n += 7 {
		dir := t.TempDir()
		_, err := Read(io.MultiReader(strings.NewReader(packet[:n]), iotest.ErrReader(gone)), ReadOptions{Dir: dir})
		if !errors.Is(err, gone) || errors.Is(err, ErrBroken) {
			t.Fatalf("after %d bytes: %v", n, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Fatalf("after %d bytes: %d files left", n, len(left))
		}
	}
	if _, err := Read(strings.NewReader(packet), ReadOptions{Dir: "/does/not/exist"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// TestEveryCut: a packet cut anywhere is broken or forbidden, never half a packet.
func TestEveryCut(t *testing.T) {
	packet := string(written(t, func(w io.Writer) error { return WriteDocument(w, fullDocument()) }))
	dir := t.TempDir()
	for n := 0; n < len(packet); n += 3 { // no piece of markup is shorter than three bytes
		if _, err := Read(strings.NewReader(packet[:n]), ReadOptions{Dir: dir}); !errors.Is(err, ErrBroken) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
}

// TestChunks: the result does not depend on how the bytes arrive.
func TestChunks(t *testing.T) {
	packet := written(t, func(w io.Writer) error { return WriteDocument(w, fullDocument()) })
	want := readBytes(t, packet, ReadOptions{})
	wantFiles := contents(t, want.Document)
	for name, r := range map[string]io.Reader{
		"one byte":     iotest.OneByteReader(bytes.NewReader(packet)),
		"halves":       iotest.HalfReader(bytes.NewReader(packet)),
		"data and end": iotest.DataErrReader(bytes.NewReader(packet)),
	} {
		got, err := Read(r, ReadOptions{Dir: t.TempDir()})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		gotFiles := contents(t, got.Document)
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(gotFiles, wantFiles) {
			t.Errorf("%s: %+v", name, got.Document)
		}
	}
}
