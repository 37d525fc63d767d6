package axissim

import (
	"slices"
	"strings"

	"vanthu/internal/document"
)

// deliver gives every recipient a copy. One unknown recipient refuses all. The
// axis serves others while the disk works: a packet may have a hundred
// megabytes.
func (a *Axis) deliver(m *message, to []document.Code, shut []string, u *arrival) (string, error) {
	if err := a.admit(m, to, shut); err != nil {
		return "", err
	}
	if err := u.keep(a.packetPath(m.DocID)); err != nil {
		return "", err
	}
	if a.options.Reprint {
		if err := a.printDelivery(m); err != nil {
			return "", err
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if twin := a.state.uploads[m.Upload]; m.Upload != "" && twin != nil {
		return twin.DocID, a.forget(m) // another request with this upload was faster
	}
	return m.DocID, a.commit(event{Time: m.Sent, Sent: m})
}

// admit checks sender and recipients and gives message and copies their ids.
func (a *Axis) admit(m *message, to []document.Code, shut []string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.state.serves(m.System, string(m.From)) {
		return refused(codeUnknownSender, "Đơn vị gửi chưa đăng ký: "+string(m.From))
	}
	if err := a.address(m, to, shut); err != nil {
		return err
	}
	id, err := a.newID()
	m.DocID, m.Sent = id, a.options.Clock()
	return err
}

// address makes the copies. shut are recipients that a fault has taken away.
func (a *Axis) address(m *message, to []document.Code, shut []string) error {
	var unknown, locked []string
	for _, code := range to {
		agency, found := a.state.agency(string(code))
		switch {
		case !found || !agency.Code.Receives() || slices.Contains(shut, string(agency.Code)):
			unknown = append(unknown, string(code))
			continue
		case agency.Locked:
			locked = append(locked, string(code))
			continue
		case slices.ContainsFunc(m.Copies, func(c *copyOf) bool { return c.To == agency.Code }):
			continue // named twice, or by its old and its new code
		}
		id, err := a.newID()
		if err != nil {
			return err
		}
		m.Copies = append(m.Copies, &copyOf{DocID: id, To: agency.Code})
	}
	switch {
	case len(unknown) > 0 || len(m.Copies)+len(locked) == 0:
		return refused(codeUnknownReceiver, "Nơi nhận không tồn tại: "+strings.Join(unknown, ", "))
	case len(locked) > 0:
		return refused(codeLockedReceiver, "Nơi nhận đang bị khóa: "+strings.Join(locked, ", "))
	}
	return nil
}
