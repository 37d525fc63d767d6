package edxml

import (
	"archive/zip"
	"bytes"
	"strings"
	"time"

	"pgregory.net/rapid"

	"vanthu/internal/document"
)

// Generators of every value a valid packet can carry: all fields, all kinds of
// business, all statuses. Texts are trimmed and without the characters that XML
// cannot hold; a field is empty as often as that is allowed. What comes out of
// them is also the seed corpus of the fuzz targets.
var (
	genText = rapid.Custom(func(t *rapid.T) string {
		s := rapid.StringOfN(rapid.OneOf(
			rapid.RuneFrom([]rune(`aăâđêôơưẵợĐỆ z0/<>&"'“”;,.-_%]{}!?=	`+"\n\r")),
			rapid.RuneFrom([]rune{0x9, 0x20, 0x85, 0xa0, 0x2028, 0xd7ff, 0xe000, 0xfffd, 0x10000, 0x10ffff}),
		), 0, 60, 240).Draw(t, "text")
		return strings.TrimSpace(s)
	})
	genNeeded = rapid.Map(genText, func(s string) string { return "ỳ" + s })
	genName   = rapid.Map(rapid.StringMatching(`[A-Za-zăđệ0-9][A-Za-z ăđệ0-9]{0,20}`), strings.TrimSpace)
	genCode   = rapid.Custom(func(t *rapid.T) document.Code {
		malformed := rapid.SampledFrom([]document.Code{"28.22.H17_x", "H40..1", "mã lạ"}) // kept as they stand
		good := rapid.StringMatching(`[0-9A-Z]{1,4}(\.[0-9A-Z]{1,3}){0,3}`).Filter(func(s string) bool { return s != "NULL" })
		return rapid.OneOf(rapid.Map(good, func(s string) document.Code { return document.Code(s) }), malformed).Draw(t, "code")
	})
	genDate = rapid.Map(rapid.IntRange(-729_000, 2_900_000), func(n int) document.Date {
		return document.Date{Year: 2000, Month: 1, Day: 1}.AddDays(n)
	})
	genUnread = rapid.SampledFrom([]string{"", "2014/02/30", "hôm qua"}) // dates that stay as they stand
	genFile   = rapid.Custom(func(t *rapid.T) Attachment {
		b := genContent.Draw(t, "content")
		ext := rapid.SampledFrom([]string{".pdf", ".doc", ".docx", ".zip", ".xlsx", ".kmz", ".jar", ".txt", ".PNG", ""}).Draw(t, "ext")
		return Attachment{
			ID: rapid.SampledFrom([]string{"", "", "209", "att-1", "36b8a92e-f054 &"}).Draw(t, "id"), Name: genName.Draw(t, "name") + ext,
			Description: genText.Draw(t, "description"), Size: int64(len(b)), Open: content(b),
		}
	})
)

// genContent makes bytes, and ZIPs of the kinds that a reader may take for its
// own wrapping: with one entry, with several, of Office, one in another.
var genContent = rapid.Custom(func(t *rapid.T) []byte {
	b := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "bytes")
	for range rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "wrappings") {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for range rapid.IntRange(1, 2).Draw(t, "entries") {
			w, err := z.Create(rapid.SampledFrom([]string{"a", "thư mục/b.kmz", "[Content_Types].xml", "word/document.xml"}).Draw(t, "entry"))
			if err != nil {
				t.Fatal(err)
			}
			w.Write(b)
		}
		z.Close()
		b = out.Bytes()
	}
	return b
})

// few draws at most two values; nil when none.
func few[T any](t *rapid.T, g *rapid.Generator[T], name string, least int) []T {
	if all := rapid.SliceOfN(g, least, 2).Draw(t, name); len(all) > 0 {
		return all
	}
	return nil
}

var genAgency = rapid.Custom(func(t *rapid.T) document.Agency {
	return document.Agency{
		Code: genCode.Draw(t, "code"), Name: genNeeded.Draw(t, "name"), InCharge: genText.Draw(t, "in charge"), Address: genText.Draw(t, "address"),
		Email: genText.Draw(t, "email"), Phone: genText.Draw(t, "phone"), Fax: genText.Draw(t, "fax"), Website: genText.Draw(t, "website"),
	}
})

var genStaff = rapid.Custom(func(t *rapid.T) document.Staff {
	return document.Staff{
		Department: genText.Draw(t, "department"), DepartmentID: genText.Draw(t, "department id"), Name: genText.Draw(t, "name"), ID: genText.Draw(t, "id"), Mobile: genText.Draw(t, "mobile"), Email: genText.Draw(t, "email"),
	}
})

var genSigner = rapid.Custom(func(t *rapid.T) document.Signer {
	return document.Signer{Competence: genText.Draw(t, "competence"), Position: genText.Draw(t, "position"), Name: genText.Draw(t, "name")}
})

// genRef makes references whose one text can be taken apart again, and others.
var genRef = rapid.Custom(func(t *rapid.T) document.Ref {
	reference := rapid.SampledFrom([]document.Reference{{Number: "7816", Notation: "VPCP-TTĐT"}, {Number: "02", Notation: "2026/NQ-HĐND"}, {Notation: "10.101.10.10"}, {Notation: "12/12/QĐ"}, {}}).Draw(t, "reference")
	return document.Ref{Organ: genCode.Draw(t, "organ"), Reference: reference, ID: genNeeded.Draw(t, "id")}
})

// drawDate is a date with the text it is read from, or a text alone.
func drawDate(t *rapid.T) (document.Date, string) {
	if raw := genUnread.Draw(t, "unreadable"); rapid.Bool().Draw(t, "no date") {
		return document.Date{}, raw
	}
	date := genDate.Draw(t, "date")
	return date, date.Axis()
}

var genOther = rapid.Custom(func(t *rapid.T) Other {
	o := Other{
		Urgency: document.Urgency(rapid.IntRange(0, 4).Draw(t, "urgency")), Sphere: genText.Draw(t, "sphere"), TyperNotation: genText.Draw(t, "typer"),
		Amount: rapid.IntRange(0, 999).Draw(t, "amount"), Pages: rapid.IntRange(0, 999).Draw(t, "pages"),
		ReplyFors: genText.Draw(t, "reply fors"), References: genText.Draw(t, "references"), Appendixes: few(t, genNeeded, "appendixes", 0),
	}
	if rapid.Bool().Draw(t, "directed") {
		direction := rapid.Bool().Draw(t, "direction")
		o.Direction = &direction
	}
	return o
})

// genBusiness makes the four kinds; a recall names its document in the block
// where the drawn document puts it.
var genBusiness = rapid.Custom(func(t *rapid.T) Business {
	b := Business{
		Type: rapid.IntRange(New, Replace).Draw(t, "kind"), Reason: genNeeded.Draw(t, "reason"),
		Paper: rapid.Bool().Draw(t, "paper"), Staff: genStaff.Draw(t, "staff"),
	}
	if b.Type == New {
		b.Reason = genText.Draw(t, "reason of a new one")
	}
	if b.Type != Recall {
		b.DocumentID = genText.Draw(t, "id")
	}
	if b.Type == Update {
		c := Changes{Document: rapid.Bool().Draw(t, "document")}
		if c.Receivers = !c.Document || rapid.Bool().Draw(t, "receivers"); c.Receivers {
			c.List = few(t, rapid.Custom(func(t *rapid.T) Receiver {
				return Receiver{Organ: genCode.Draw(t, "organ"), Kind: rapid.IntRange(0, 1).Draw(t, "kind")}
			}), "list", 0)
		}
		b.Changes = &c
	}
	if b.Type == Replace {
		b.Replaces = few(t, rapid.Custom(func(t *rapid.T) Replacement {
			return Replacement{DocumentID: genNeeded.Draw(t, "id"), Organs: few(t, genCode, "organs", 0)}
		}), "replaces", 1)
	}
	return b
})

var genTrace = rapid.Custom(func(t *rapid.T) Trace {
	organ := rapid.OneOf(rapid.Just(""), rapid.Map(genCode, func(c document.Code) string { return string(c) }))
	return Trace{Organ: organ.Draw(t, "organ"), Time: rapid.SampledFrom([]string{"", "2026/11/21 08:00:00", "0020/01/01"}).Draw(t, "time")}
})

var genDocument = rapid.Custom(func(t *rapid.T) Document {
	date := genDate.Draw(t, "date")
	d := Document{
		From: genAgency.Draw(t, "from"), To: few(t, genAgency, "to", 1), ID: genNeeded.Draw(t, "id"),
		Code:  document.Reference{Number: genNeeded.Draw(t, "number"), Notation: genNeeded.Draw(t, "notation")},
		Place: genText.Draw(t, "place"), Date: date, DateRaw: date.Axis(),
		Type:    TypeInfo{Type: rapid.IntRange(0, 99).Draw(t, "type"), Detail: rapid.IntRange(0, 99).Draw(t, "detail"), Name: genNeeded.Draw(t, "type name")},
		Subject: genNeeded.Draw(t, "subject"), Content: genText.Draw(t, "content"), Signer: genSigner.Draw(t, "signer"),
		Other: genOther.Draw(t, "other"), ResponseFor: few(t, genRef, "response for", 0), ToPlaces: few(t, genNeeded, "to places", 0),
		Tasks: few(t, genNeeded, "tasks", 0), Application: genText.Draw(t, "application"), Traces: few(t, genTrace, "traces", 1),
		Business: genBusiness.Draw(t, "business"), Attachments: few(t, genFile, "files", 0),
	}
	d.Due, d.DueRaw = drawDate(t)
	for i := range d.ResponseFor {
		day, raw := drawDate(t)
		d.ResponseFor[i].Date, d.ResponseRaw = day, append(d.ResponseRaw, raw)
	}
	if rapid.Bool().Draw(t, "steered") {
		n := rapid.IntRange(0, 2).Draw(t, "steering")
		d.Steering = &n
	}
	if d.Business.Type == Recall && rapid.Bool().Draw(t, "repeated") {
		d.Business.DocumentID = d.ID
	}
	return d
})

var genStatus = rapid.Custom(func(t *rapid.T) Status {
	when := time.Unix(rapid.Int64Range(-60e9, 250e9).Draw(t, "time"), 0).In(document.Zone())
	s := Status{
		From: genAgency.Draw(t, "from"), For: genRef.Draw(t, "for"), Staff: genStaff.Draw(t, "staff"),
		Code:        document.Status(rapid.StringMatching(`[0-9]{2}`).Draw(t, "code")),
		Description: genNeeded.Draw(t, "description"), Time: when, TimeRaw: when.Format(timeLayout),
	}
	s.For.Date, s.ForRaw = drawDate(t)
	return s
})
