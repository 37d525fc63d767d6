package axis

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/textproto"
)

// form makes a packet the body of an order as multipart/form-data, the fields
// first, the packet as it is read, or without it when it has been uploaded. The
// boundary is made of the packet's hash: nobody can have written it into the
// packet.
func (p *parcel) form(o *order, fields []param) error {
	var frame bytes.Buffer
	w := multipart.NewWriter(&frame)
	if err := w.SetBoundary("vanthu-" + hex.EncodeToString(p.sum[:min(16, len(p.sum))])); err != nil {
		return err
	}
	for _, f := range fields {
		if f.value == "" {
			continue
		}
		if err := w.WriteField(f.key, f.value); err != nil {
			return err
		}
	}
	o.header.Set("Content-Type", w.FormDataContentType())
	if p.upload != "" {
		err := w.Close()
		o.text(frame.String())
		return err
	}
	if _, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="edocFile"; filename="edoc.edxml"`},
		"Content-Type":        {"application/xml"},
	}); err != nil {
		return err
	}
	head := frame.Len()
	if err := w.Close(); err != nil {
		return err
	}
	p.between(o, frame.Bytes()[:head], frame.Bytes()[head:], p.Size, func(r io.Reader) io.Reader { return r })
	return nil
}

// object makes a packet the body of an order as member data, in base64, of a
// JSON object with the members of head, or without it when it has been uploaded.
func (p *parcel) object(o *order, head any) error {
	b, err := json.Marshal(head)
	if err != nil {
		return err
	}
	o.header.Set("Content-Type", "application/json")
	if p.upload != "" {
		o.text(string(b))
		return nil
	}
	before := append(bytes.TrimSuffix(b, []byte("}")), `,"data":"`...)
	size := int64(base64.StdEncoding.EncodedLen(int(p.Size)))
	p.between(o, before, []byte(`"}`), size, func(r io.Reader) io.Reader { return &encoder{r: r} })
	return nil
}

// between makes a body of a packet in some code, size bytes of it, between two
// texts.
func (p *parcel) between(o *order, before, after []byte, size int64, code func(io.Reader) io.Reader) {
	o.size = int64(len(before)) + size + int64(len(after))
	o.body = func() (io.Reader, error) {
		packet, err := p.open()
		return io.MultiReader(bytes.NewReader(before), code(packet), bytes.NewReader(after)), err
	}
}

// encoder reads bytes as base64.
type encoder struct {
	r    io.Reader
	raw  [3 << 10]byte
	text [4 << 10]byte
	rest []byte // of text, not given yet
	err  error
}

// Read gives base64, padded at the end.
func (e *encoder) Read(p []byte) (int, error) {
	for len(e.rest) == 0 && e.err == nil {
		var n int
		n, e.err = io.ReadFull(e.r, e.raw[:])
		if e.err == io.ErrUnexpectedEOF {
			e.err = io.EOF
		}
		base64.StdEncoding.Encode(e.text[:], e.raw[:n])
		e.rest = e.text[:base64.StdEncoding.EncodedLen(n)]
	}
	if len(e.rest) == 0 {
		return 0, e.err
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}
