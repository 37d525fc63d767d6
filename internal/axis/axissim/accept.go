package axissim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// refusal is a failure with the axis's code.
type refusal struct {
	code, desc string
	http       int // status, where it is not the usual one
}

// Error holds code and description.
func (r *refusal) Error() string { return r.code + ": " + r.desc }

func refused(code, desc string) error { return &refusal{code: code, desc: desc} }

// letter is what a sender says beside the packet, in whichever mode.
type letter struct {
	system   string
	kind     string // messagetype; "" means edoc
	from     string // "" means what the packet says
	to       string // a JSON array, one bare code, or nothing
	hash     string // hash-file
	hashed   bool   // the mode has hashes, so one is demanded
	upload   string // the packet came as this upload ...
	encoding string // ... encoded so
	refused  []string
}

// take gets a packet in from a body or, where the letter names one, from an
// upload.
func (a *Axis) take(ctx context.Context, body io.Reader, l letter) (docID string, err error) {
	if l.upload != "" && a.uploads != nil {
		return a.takeUpload(ctx, l)
	}
	l.upload = ""
	u, err := receive(a.packetDir(), body, a.options.MaxPacket)
	if err != nil {
		return "", err
	}
	defer u.discard()
	return a.accept(u, l)
}

// takeUpload makes a packet of a finished upload. Named again for the same
// recipients, as when the answer was lost, it is the packet it has become.
func (a *Axis) takeUpload(ctx context.Context, l letter) (string, error) {
	if id, found := a.became(l); found {
		return id, nil
	}
	up, info, err := a.uploads.find(ctx, l.system, l.upload)
	if err != nil {
		return "", &refusal{codeOther, "Không có lượt tải lên này", http.StatusGone}
	}
	if info.Offset != info.Size {
		return "", &refusal{codeOther, "Lượt tải lên chưa xong", http.StatusConflict}
	}
	whole, err := up.GetReader(ctx)
	if err != nil {
		return "", err
	}
	defer whole.Close()
	id, err := a.takeEncoded(whole, l)
	if no := (*refusal)(nil); errors.As(err, &no) && no.code == codeInvalidFile {
		err = errors.Join(err, a.uploads.drop(ctx, l.upload)) // these bytes will never do
	}
	return id, err
}

func (a *Axis) takeEncoded(whole io.Reader, l letter) (string, error) {
	plain, err := decoder(l.encoding, whole)
	if errors.Is(err, errEncoding) {
		return "", refused(codeInvalidFile, "Không biết kiểu nén "+l.encoding)
	}
	if err != nil {
		return "", err
	}
	defer plain.Close()
	u, err := receive(a.packetDir(), plain, a.options.MaxPacket)
	if err != nil {
		return "", err
	}
	defer u.discard()
	return a.accept(u, l)
}

// use names an upload sent to certain recipients: what makes two sends the same.
func (l letter) use() string {
	if l.upload == "" {
		return ""
	}
	return l.upload + " " + l.to
}

// became tells the docId of the packet that an upload has become.
func (a *Axis) became(l letter) (docID string, found bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := a.state.uploads[l.use()]
	if m == nil || m.System != l.system {
		return "", false
	}
	return m.DocID, true
}

// accept makes a packet durable, then the event that names it; only then is it
// confirmed.
func (a *Axis) accept(u *arrival, l letter) (docID string, err error) {
	if u.size > a.options.MaxPacket {
		return "", refused(codeInvalidFile, "Tệp quá lớn")
	}
	if l.hashed {
		if good, err := u.settle(l.hash); err != nil || !good {
			return "", or(err, refused(codeInvalidFile, "Tệp không đúng mã băm"))
		}
	}
	m, to, err := a.inspect(l, u)
	if err != nil {
		return "", err
	}
	return a.deliver(m, to, l.refused, u)
}

func or(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// inspect reads what the packet says about itself.
func (a *Axis) inspect(l letter, u *arrival) (*message, []document.Code, error) {
	if _, err := u.file.Seek(0, io.SeekStart); err != nil {
		return nil, nil, err
	}
	temp, err := os.MkdirTemp(a.packetDir(), "open-*")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(temp)
	p, err := edxml.Read(u.file, edxml.ReadOptions{Dir: temp})
	if err != nil {
		return nil, nil, refused(codeWrongFormat, "Sai định dạng edXML: "+err.Error())
	}
	m := &message{System: l.system, Type: kindOf(l.kind), From: document.Code(strings.ToUpper(l.from)), Upload: l.use()}
	to := m.describe(p)
	if m.Type != packetKind(p) {
		return nil, nil, refused(codeWrongFormat, "messagetype không khớp gói tin")
	}
	to, err = narrow(to, l.to)
	return m, to, err
}

// describe fills title and notation, and the sender when no header named it, and
// returns the packet's recipients.
func (m *message) describe(p *edxml.Packet) (to []document.Code) {
	from := document.Code("")
	if d := p.Document; d != nil {
		m.Title, m.Notation, from = d.Subject, d.Code.String(), d.From.Code
		for _, agency := range d.To {
			to = append(to, agency.Code)
		}
	} else {
		s := p.Status
		m.Title, m.Notation, from = s.Description, s.For.Reference.String(), s.From.Code
		to = []document.Code{s.For.Organ}
	}
	if m.From == "" {
		m.From = from
	}
	return to
}

func packetKind(p *edxml.Packet) string {
	if p.Status != nil {
		return "status"
	}
	return "edoc"
}

// kindOf is a messagetype as we write it; "edoc" when none is given.
func kindOf(messageType string) string {
	if t := strings.ToLower(strings.TrimSpace(messageType)); t != "" {
		return t
	}
	return "edoc"
}

// narrow keeps the recipients that the letter names as well: a JSON array, or
// one bare code. Names that are not in the packet have no effect.
func narrow(to []document.Code, letter string) ([]document.Code, error) {
	if letter == "" {
		return to, nil
	}
	var named []string
	if err := json.Unmarshal([]byte(letter), &named); err != nil {
		named = []string{letter}
	}
	var kept []document.Code
	for _, code := range to {
		if slices.ContainsFunc(named, func(n string) bool { return strings.EqualFold(string(code), strings.TrimSpace(n)) }) {
			kept = append(kept, code)
		}
	}
	if len(kept) == 0 {
		return nil, refused(codeUnknownReceiver, "Nơi nhận không có trong gói tin")
	}
	return kept, nil
}
