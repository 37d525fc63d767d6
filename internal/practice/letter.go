package practice

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
	"vanthu/internal/practice/form"
	"vanthu/signer"
)

// desk writes a neighbour's letters and signs them with its own keys, the way
// a real office does: leader first, then number and date with the agency's.
type desk struct {
	body
	home office.Home
	to   document.Agency
}

// letter makes the packet of one letter.
func (d *desk) letter(ctx context.Context, l letter, number int, now time.Time) ([]byte, error) {
	f := d.form(l, now.Year())
	var pdf bytes.Buffer
	if err := form.Write(&pdf, f); err != nil {
		return nil, err
	}
	code := document.Reference{Number: document.FormatNumber(number), Notation: d.notation(l)}
	layout, err := form.Layout(f)
	if err != nil {
		return nil, err
	}
	signed, err := d.sign(ctx, pdf.Bytes(), layout, code, now)
	if err != nil {
		return nil, err
	}
	var packet bytes.Buffer
	err = edxml.WriteDocument(&packet, d.packet(l, code, signed, now))
	return packet.Bytes(), err
}

func (d *desk) form(l letter, year int) form.Form {
	f := form.Form{Superior: d.superior, Issuer: d.agency.Name, Abbr: d.abbr, Place: d.place, TypeName: l.typeName,
		Notation: d.notation(l), Subject: l.subject, Body: l.text, Signer: d.people.Signer, Urgency: l.urgency,
		Year: year, Recipients: []string{d.to.Name}}
	if l.typeName == document.OfficialLetter || l.typeName == "Giấy mời" {
		f.To = []string{d.to.Name}
		f.Recipients = []string{"Như trên"}
	}
	return f
}

func (d *desk) notation(l letter) string {
	t, _ := document.TypeByName(l.typeName)
	return document.Notation(t, d.abbr, "VP")
}

// sign puts both signatures on a letter.
func (d *desk) sign(ctx context.Context, pdf []byte, layout document.Layout, code document.Reference, now time.Time) ([]byte, error) {
	signature, err := signaturePicture(d.people.Name)
	if err != nil {
		return nil, err
	}
	seal, err := sealPicture(d.place)
	if err != nil {
		return nil, err
	}
	leader, agency := d.keyFiles(d.home)
	signed, err := withKey(leader, func(k signer.Key) ([]byte, error) {
		return signer.Approve(ctx, pdf, k, signer.Approval{Layout: layout, Image: signature, Signer: d.people.Signer, Time: now})
	})
	if err != nil {
		return nil, err
	}
	return withKey(agency, func(k signer.Key) ([]byte, error) {
		return signer.Seal(ctx, signed, k, signer.Sealing{Layout: layout, Reference: code, Date: document.DateOf(now),
			Image: seal, Place: d.place, Time: now, Agency: d.agency.Name})
	})
}

// withKey opens a practice key for one signature.
func withKey(path string, use func(signer.Key) ([]byte, error)) ([]byte, error) {
	k, err := signer.OpenSoft(path, signer.PIN(PIN))
	if err != nil {
		return nil, fmt.Errorf("practice key: %w", err)
	}
	defer k.Close()
	return use(k)
}

// packet describes the letter for the axis.
func (d *desk) packet(l letter, code document.Reference, pdf []byte, now time.Time) edxml.Document {
	day := document.DateOf(now)
	t, _ := document.TypeByName(l.typeName)
	doc := edxml.Document{
		From: d.agency, To: []document.Agency{d.to}, ID: document.NewID(d.agency.Code, day, code),
		Code: code, Place: d.place, Date: day, Type: edxml.TypeInfo{Type: 2, Detail: t.List, Name: l.typeName},
		Subject: l.subject, Signer: d.people.Signer, ToPlaces: []string{d.to.Name},
		Other:    edxml.Other{Urgency: l.urgency, Amount: 1, Pages: 1},
		Business: edxml.Business{Staff: d.people.clerk},
		Attachments: []edxml.Attachment{{
			Name: document.CleanName(code.Number + "-" + code.Notation + ".pdf"), Description: "Văn bản chính", Size: int64(len(pdf)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(pdf)), nil },
		}},
	}
	if l.days > 0 {
		doc.Due = day.AddDays(l.days)
	}
	return doc
}
