package ui

import (
	"context"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
)

// keyDialog is what the dialogs before a key is used have in common: which key, and
// its PIN. A key whose reader has keys of its own takes no PIN from this screen.
type keyDialog struct {
	*form
	which, pin *field
	shut       bool // the PIN is typed on the reader
}

func newKeyDialog(m *Model, title, next string) keyDialog {
	d := keyDialog{
		which: choice("Thiết bị, khóa ký", "Chọn khóa ký.", false, nil),
		pin:   &field{label: "Mã PIN", kind: secret},
	}
	d.pin.mask, d.pin.max = true, 64
	d.form = newForm(title, next, m.o.Clock, d.which, d.pin)
	d.askForPIN(false)
	return d
}

// offer lists the keys and goes on to the PIN of the one that belongs to the act.
func (d *keyDialog) offer(m *Model, keys []KeyInfo, want string) {
	d.which.options = nil
	for _, k := range keys {
		d.which.options = append(d.which.options, option{label: keyText(k, m.o.Clock()), value: k})
		if want != "" && k.Ref == want {
			d.which.take(d.which.options[len(d.which.options)-1])
			d.focus = 1
		}
	}
	d.chosen()
	d.current().enter()
}

// chosen asks for a PIN on this screen only when the key takes one from it.
func (d *keyDialog) chosen() (KeyInfo, bool) {
	k, ok := d.which.value.(KeyInfo)
	d.askForPIN(ok && k.Pad)
	return k, ok
}

func (d *keyDialog) askForPIN(onReader bool) {
	d.shut = onReader
	d.pin.must, d.pin.tip = "Gõ mã PIN của khóa ký.", ""
	if onReader {
		d.pin.wipe()
		d.pin.must, d.pin.tip = "", "Nhập PIN trên đầu đọc: nhấn Enter ở đây, rồi bấm PIN trên các phím của thiết bị. Không gõ PIN vào máy tính."
	}
}

func (d *keyDialog) do(m *Model, a action) tea.Cmd {
	if a == finish || a == accept && d.focus == 1 {
		d.chosen()
	}
	cmd := d.form.do(m, a)
	d.chosen()
	return cmd
}

func (d *keyDialog) key(m *Model, k tea.KeyPressMsg) tea.Cmd {
	if d.shut && d.current() == d.pin {
		return nil
	}
	cmd := d.form.key(m, k)
	d.chosen()
	return cmd
}

// spend takes the PIN off the form: whatever becomes of it, it is not tried again.
func (d *keyDialog) spend() []byte {
	pin := []byte(d.pin.String())
	d.pin.wipe()
	return pin
}

// waiting is said while a key is at work: what is done, or where the PIN is awaited.
func waiting(k KeyInfo, what string) string {
	if k.Pad {
		return "Nhập PIN trên đầu đọc"
	}
	return what
}

func openKey(ctx context.Context, keys Keys, ref string, pin []byte, final bool) (Key, error) {
	if last, ok := keys.(LastTry); ok && final {
		return last.OpenLast(ctx, ref, pin)
	}
	return keys.Open(ctx, ref, pin)
}

// keyText is a key as one row: holder first, then the device and what is left of it.
func keyText(k KeyInfo, now time.Time) string {
	parts := []string{clean(k.Holder)}
	switch {
	case k.Soft:
		parts = append(parts, "khóa thực hành")
	case k.Label != "":
		parts = append(parts, "thiết bị "+clean(k.Label)+" số "+clean(k.Serial))
	}
	switch {
	case k.Locked:
		parts = append(parts, "ĐÃ KHÓA")
	case k.Tries != "":
		parts = append(parts, clean(k.Tries))
	}
	switch {
	case k.NotAfter.IsZero():
	case k.NotAfter.Before(now):
		parts = append(parts, "CHỨNG THƯ HẾT HẠN "+day(k.NotAfter))
	default:
		parts = append(parts, "hạn "+day(k.NotAfter))
	}
	return strings.Join(parts, ", ")
}

// pinText says what a refused PIN means and what to do.
func pinText(e *PINError) (what, next string) {
	const ask = "Hỏi lại người giữ khóa trước khi gõ tiếp"
	switch {
	case e.Locked:
		return "Sai mã PIN, thiết bị đã bị khóa.", "Liên hệ cơ quan cấp thiết bị để mở khóa."
	case e.Final:
		return "Chỉ còn một lần thử PIN cuối cùng.", ask + "; gõ PIN và Enter nữa là thử lần cuối, sai thì thiết bị bị khóa."
	case e.Left >= 0:
		return fmt.Sprintf("Sai mã PIN, còn %d lần thử.", e.Left), ask + "; hết lượt thử thiết bị sẽ bị khóa."
	}
	return "Sai mã PIN.", ask + "; thiết bị không cho biết còn mấy lần thử."
}
