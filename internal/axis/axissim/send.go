package axissim

import (
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
type refusal struct{ code, desc string }

// Error holds code and description.
func (r *refusal) Error() string { return r.code + ": " + r.desc }

func refused(code, desc string) error { return &refusal{code, desc} }

func (a *Axis) sendEdoc(r request, w http.ResponseWriter) {
	id, err := a.accept(r)
	var no *refusal
	switch {
	case errors.As(err, &no):
		write(w, sendAnswer{answer: failure(no.code, no.desc)})
	case err != nil:
		write(w, sendAnswer{answer: a.broken("sendEdoc", err)})
	default:
		write(w, sendAnswer{ok(), id})
	}
}

// accept takes a packet in: file durable, then the event that names it, then
// the answer.
func (a *Axis) accept(r request) (docID string, err error) {
	u, err := receive(a.packetDir(), r.Body, a.options.MaxPacket)
	if err != nil {
		return "", err
	}
	defer u.discard()
	if u.size > a.options.MaxPacket {
		return "", refused(codeInvalidFile, "Tệp quá lớn")
	}
	if good, err := u.settle(param(r.Request, "hash-file")); err != nil || !good {
		return "", or(err, refused(codeInvalidFile, "Tệp không đúng mã băm"))
	}
	m, to, err := a.inspect(r, u)
	if err != nil {
		return "", err
	}
	return a.deliver(m, to, u)
}

func or(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// inspect reads what the packet says about itself.
func (a *Axis) inspect(r request, u *upload) (*message, []document.Code, error) {
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
	m := &message{System: r.system, Type: kind(r), From: document.Code(strings.ToUpper(param(r.Request, "from")))}
	to := m.describe(p)
	if m.Type != packetKind(p) {
		return nil, nil, refused(codeWrongFormat, "messagetype không khớp gói tin")
	}
	to, err = narrow(to, param(r.Request, "to"))
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

// kind is the messagetype asked for; "edoc" when none is given.
func kind(r request) string {
	if t := strings.ToLower(param(r.Request, "messagetype")); t != "" {
		return t
	}
	return "edoc"
}

// narrow keeps the recipients that header to names as well: a JSON array, or one
// bare code. Names that are not in the packet have no effect.
func narrow(to []document.Code, header string) ([]document.Code, error) {
	if header == "" {
		return to, nil
	}
	var named []string
	if err := json.Unmarshal([]byte(header), &named); err != nil {
		named = []string{header}
	}
	var kept []document.Code
	for _, code := range to {
		for _, n := range named {
			if strings.EqualFold(string(code), strings.TrimSpace(n)) {
				kept = append(kept, code)
				break
			}
		}
	}
	if len(kept) == 0 {
		return nil, refused(codeUnknownReceiver, "Nơi nhận không có trong gói tin")
	}
	return kept, nil
}

// deliver gives every recipient a copy. One unknown recipient refuses all.
func (a *Axis) deliver(m *message, to []document.Code, u *upload) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.state.serves(m.System, string(m.From)) {
		return "", refused(codeUnknownSender, "Đơn vị gửi chưa đăng ký: "+string(m.From))
	}
	if err := a.address(m, to); err != nil {
		return "", err
	}
	id, err := a.newID()
	if err != nil {
		return "", err
	}
	if err := u.keep(a.packetPath(id)); err != nil {
		return "", err
	}
	m.DocID, m.Sent = id, a.options.Clock()
	if a.options.Reprint {
		if err := a.printDelivery(m); err != nil {
			return "", err
		}
	}
	return id, a.commit(event{Time: m.Sent, Sent: m})
}

func (a *Axis) address(m *message, to []document.Code) error {
	var unknown []string
	for _, code := range to {
		agency, found := a.state.agency(string(code))
		if !found || !agency.Code.Receives() {
			unknown = append(unknown, string(code))
			continue
		}
		if slices.ContainsFunc(m.Copies, func(c *copyOf) bool { return c.To == agency.Code }) {
			continue // named twice, or by its old and its new code
		}
		id, err := a.newID()
		if err != nil {
			return err
		}
		m.Copies = append(m.Copies, &copyOf{DocID: id, To: agency.Code})
	}
	if len(unknown) > 0 || len(m.Copies) == 0 {
		return refused(codeUnknownReceiver, "Nơi nhận không tồn tại: "+strings.Join(unknown, ", "))
	}
	return nil
}
