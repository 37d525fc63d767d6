package ui

import (
	"context"
	"errors"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// batchPIN is the one PIN entry of a batch. The last try of a device is not spent
// here: too much would hang on it.
type batchPIN struct {
	keyDialog
	of    *batch
	ready bool
}

func newBatchPIN(m *Model, b *batch) *batchPIN {
	n := b.count(rowChosen) + b.count(rowFailed)
	s := &batchPIN{of: b, keyDialog: newKeyDialog(m, b.Title(),
		"Một khóa, gõ PIN một lần rồi Enter; các văn bản được ký lần lượt. Sai PIN nhiều lần thiết bị sẽ bị khóa.")}
	s.submit, s.result = s.use, s.opened
	s.intro = append([]string{fmt.Sprintf("Sẽ ký %d văn bản trong danh sách vừa xem.", n)}, b.summary()[0])
	if m.o.Hint != "" {
		s.intro = append(s.intro, clean(m.o.Hint))
	}
	return s
}

func (s *batchPIN) load(m *Model, quiet bool) tea.Cmd {
	if quiet && s.ready {
		return nil
	}
	keys := m.o.Keys
	return s.ask(m, "Đang tìm thiết bị ký", func(ctx context.Context) (any, error) {
		if keys == nil {
			return []KeyInfo(nil), nil
		}
		return keys.List(ctx)
	})
}

func (s *batchPIN) take(m *Model, v any) tea.Cmd {
	keys, ok := v.([]KeyInfo)
	if !ok {
		return s.form.take(m, v)
	}
	s.ready = true
	want, used := m.o.SealKey, s.of.used
	if s.of.event == outbox.EventSign {
		want = m.keyOf(s.of.signer)
	}
	if used.Ref != "" {
		keys, want = only(keys, used.Ref), used.Ref
	}
	switch {
	case len(keys) == 0 && used.Ref != "":
		m.warn("Không thấy thiết bị đã bắt đầu ký (" + keyText(used, m.o.Clock()) + "): cắm lại đúng thiết bị đó, nhấn Esc rồi Enter. Thiết bị khác không ký tiếp được.")
	case len(keys) == 0:
		m.warn("Không thấy khóa ký nào: cắm thiết bị ký rồi nhấn Esc và làm lại.")
	}
	s.offer(m, keys, want)
	return nil
}

// only is the key with a reference: the same certificate on the same device.
func only(keys []KeyInfo, ref string) []KeyInfo {
	for _, k := range keys {
		if k.Ref == ref {
			return []KeyInfo{k}
		}
	}
	return nil
}

const noLastTry = "Thiết bị chỉ còn một lần thử PIN: không dùng lần cuối để ký nhiều văn bản."

func (s *batchPIN) use(m *Model) tea.Cmd {
	k, ok := s.chosen()
	switch {
	case !ok:
		return nil
	case k.Locked:
		s.pin.wipe()
		m.warn("Thiết bị này đã bị khóa: cần cơ quan cấp thiết bị mở khóa.")
		return nil
	case k.Final:
		s.pin.wipe()
		m.warn(noLastTry + " Hỏi lại người giữ khóa, ký riêng một văn bản trước.")
		return nil
	}
	keys, pin := m.o.Keys, s.spend()
	return s.run(m, waiting(k, "Đang mở khóa ký"), func(ctx context.Context) (any, error) {
		defer clear(pin)
		key, err := keys.Open(ctx, k.Ref, pin)
		if err == nil && ctx.Err() != nil { // the clerk has left meanwhile
			return nil, errors.Join(ctx.Err(), key.Close())
		}
		return key, err
	})
}

func (s *batchPIN) opened(m *Model, v any) tea.Cmd {
	k, _ := s.chosen()
	key, ok := v.(Key)
	if !ok {
		return nil
	}
	return tea.Batch(m.pop(), s.of.goOn(m, key, k))
}

// failed says how many tries a wrong PIN has left, and waits for another PIN.
func (s *batchPIN) failed(m *Model, err error) {
	var wrong *PINError
	if !errors.As(err, &wrong) {
		m.problem(err)
		return
	}
	s.focus = 1
	what, next := pinText(wrong)
	if wrong.Final {
		what, next = noLastTry, "Hỏi lại người giữ khóa cho chắc PIN, nhấn Esc và ký riêng một văn bản trước."
	}
	s.pin.problem = what
	m.problem(document.Refuse(err, what, next))
}

var _ typist = (*batchPIN)(nil)
