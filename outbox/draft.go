package outbox

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vanthu/internal/document"
)

// NoSecrecy is the only secrecy level there may be; the empty one says the same.
const NoSecrecy = "Không"

// settle checks a draft and puts it into order: spaces trimmed, names of types
// and recipients as the lists have them. Refusals: document.ErrSecret,
// ErrField, ErrRecipient.
func (d *Desk) settle(r Draft) (Draft, error) {
	if err := refuseSecret(r.Secrecy, append([]string{r.TypeName, r.Subject, r.Unit}, r.ToPlaces...)...); err != nil {
		return r, err
	}
	t, ok := document.TypeByName(r.TypeName)
	if !ok {
		return r, document.Refuse(ErrField, fmt.Sprintf("Không có tên loại văn bản “%s”.", r.TypeName), "Chọn một tên loại trong Điều 7 Nghị định 30/2020/NĐ-CP.")
	}
	r.TypeName = t.Name
	for _, f := range []struct {
		what  string
		value *string
	}{
		{"trích yếu nội dung", &r.Subject},
		{"họ tên người ký", &r.Signer.Name},
		{"chức vụ người ký", &r.Signer.Position},
	} {
		if *f.value = strings.TrimSpace(*f.value); *f.value == "" {
			return r, document.Refuse(ErrField, "Chưa điền "+f.what+".", "Điền "+f.what+" rồi làm lại.")
		}
	}
	r.Unit = strings.TrimSpace(r.Unit)
	if err := refuseLong(r); err != nil {
		return r, err
	}
	if r.Copies < 0 || r.Pages < 0 {
		return r, document.Refuse(ErrField, "Số lượng bản và số trang không được âm.", "Sửa lại số lượng.")
	}
	return r, d.settleRecipients(&r)
}

// refuseLong refuses what no packet can carry (Decree 30 Annex VI Part II §I),
// while it can still be changed: after signing it is too late.
func refuseLong(r Draft) error {
	for _, f := range []struct {
		what, value string
		max         int
	}{
		{"Trích yếu nội dung", r.Subject, 500},
		{"Chức vụ người ký", r.Signer.Position, 100},
		{"Họ tên người ký", r.Signer.Name, 50},
		{"Nơi nhận", strings.Join(r.ToPlaces, "; "), 1000},
	} {
		if n := utf8.RuneCountInString(f.value); n > f.max {
			return document.Refuse(ErrField, fmt.Sprintf("%s dài %d ký tự, quá %d ký tự.", f.what, n, f.max), "Rút gọn rồi làm lại.")
		}
	}
	return nil
}

// refuseSecret refuses every secrecy level and every text that bears a mark.
func refuseSecret(level string, texts ...string) error {
	level = strings.TrimSpace(level)
	if level != "" && !strings.EqualFold(level, NoSecrecy) {
		if mark, found := document.SecretMark(level); found {
			return document.RefuseSecret(mark)
		}
		return document.Refuse(document.ErrSecret, "Độ mật chỉ được là “Không”, không phải “"+level+"”.",
			"Bỏ trống độ mật nếu văn bản không mật; văn bản mật không đi qua phần mềm này.")
	}
	if mark, found := document.SecretMark(texts...); found {
		return document.RefuseSecret(mark)
	}
	return nil
}

// settleRecipients replaces every recipient by its entry in the directory and
// drops repetitions.
func (d *Desk) settleRecipients(r *Draft) error {
	var settled []document.Agency
	seen := map[document.Code]bool{}
	for _, asked := range r.Recipients {
		a, err := d.recipient(asked.Code)
		if err != nil {
			return err
		}
		if !seen[a.Code] {
			settled = append(settled, a)
		}
		seen[a.Code] = true
	}
	r.Recipients = settled
	return nil
}

func (d *Desk) recipient(code document.Code) (document.Agency, error) {
	parsed, err := document.ParseCode(string(code))
	if err != nil || !parsed.Receives() {
		return document.Agency{}, refuseRecipient(code, "không phải mã của một cơ quan nhận văn bản")
	}
	if parsed == d.Agency.Code {
		return document.Agency{}, refuseRecipient(code, "là chính cơ quan mình")
	}
	a, ok, err := d.Directory.Agency(parsed)
	if err != nil {
		return document.Agency{}, fmt.Errorf("recipient %s: %w", code, err)
	}
	if !ok {
		return document.Agency{}, d.refuseUnknown(parsed)
	}
	return a, nil
}

// historian is a directory that knows what became of bodies that ended.
type historian interface {
	Note(code document.Code) (string, error)
}

// refuseUnknown says of a body that ended what became of it.
func (d *Desk) refuseUnknown(code document.Code) error {
	if h, ok := d.Directory.(historian); ok {
		note, err := h.Note(code)
		if err != nil {
			return fmt.Errorf("recipient %s: %w", code, err)
		}
		if note != "" {
			return refuseRecipient(code, note)
		}
	}
	return refuseRecipient(code, "không có trong danh sách cơ quan của Trục")
}

func refuseRecipient(code document.Code, why string) error {
	return document.Refuse(ErrRecipient, fmt.Sprintf("Nơi nhận “%s” %s.", code, why), "Sửa nơi nhận, hoặc cập nhật danh sách cơ quan khi có mạng.")
}
