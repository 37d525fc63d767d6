package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/signer"
)

// manySigned is the answer of sign and seal for several documents, in the order they
// were named.
type manySigned struct {
	Results []oneSigned `json:"results"`
}

// oneSigned is what became of one document.
type oneSigned struct {
	ID       string           `json:"id"`
	Result   signResult       `json:"result"`
	Reason   string           `json:"reason,omitempty"`   // of what was skipped or failed
	Document *outbox.Document `json:"document,omitempty"` // as it stands when it was signed now

	seen outbox.Document // before
}

// signResult is what became of one document of several.
type signResult string

const (
	resultSigned  signResult = "signed"
	resultSkipped signResult = "skipped" // not to be signed, or changed meanwhile: no failure
	resultFailed  signResult = "failed"  // the others after it are left
	resultLeft    signResult = "left"    // not reached
)

// many signs or seals documents one after another with one key, opened once. It
// stops at the first failure and, between two documents, when the caller wants to.
func (f keyFlags) many(c *call, e outbox.Event, ids []string) error {
	if f.LastTry {
		return badUsage("--last-try: không dùng lần thử PIN cuối cùng để ký nhiều văn bản; ký riêng một văn bản trước")
	}
	return c.inOffice(func(w *workplace) error {
		answer, ref, err := f.lineUp(w, e, ids)
		if err != nil {
			return err
		}
		if ref != "" {
			err = answer.sign(c, w, e, ref)
		}
		return errors.Join(c.say(answer, answer.print), err)
	})
}

// errManyKeys: several documents want different keys.
var errManyKeys = errors.New("documents of different keys")

// lineUp looks at every document before the PIN is spent on any. ref is their key,
// "" when there is nothing to sign.
func (f keyFlags) lineUp(w *workplace, e outbox.Event, ids []string) (answer manySigned, ref string, err error) {
	for _, id := range ids {
		doc, err := w.outbox.Get(id)
		if err != nil {
			return answer, "", err
		}
		one := oneSigned{ID: id, Result: resultLeft, seen: doc}
		switch err := w.outbox.MaySign(id, e); {
		case outbox.PassedOver(err):
			one.skip(err)
		case err != nil:
			return answer, "", err
		default:
			key, err := f.keyFor(w, e, doc)
			if err == nil && ref != "" && key != ref {
				err = document.Refuse(errManyKeys, "Các văn bản này do nhiều khóa khác nhau ký; mỗi lần chỉ ký bằng một khóa.", "Ký riêng văn bản của từng người.")
			}
			if err != nil {
				return answer, "", err
			}
			ref = key
		}
		answer.Results = append(answer.Results, one)
	}
	return answer, ref, nil
}

func (o *oneSigned) skip(err error) {
	o.Result = resultSkipped
	o.Reason, _ = advise(err)
}

// sign goes through the list with one login. What is under way when the caller is
// interrupted is finished.
func (a manySigned) sign(c *call, w *workplace, e outbox.Event, ref string) error {
	k, err := c.openKey(w, ref, false)
	if errors.Is(err, signer.ErrFinalTry) {
		return document.Refuse(err, "Thiết bị chỉ còn một lần thử PIN: không dùng lần cuối để ký nhiều văn bản; chưa thử.",
			"Hỏi lại chủ thiết bị cho chắc PIN, ký riêng một văn bản với --last-try.")
	}
	if err != nil {
		return err
	}
	defer k.Close()
	whole := context.WithoutCancel(c.ctx)
	for i := range a.Results {
		one := &a.Results[i]
		if one.Result != resultLeft {
			continue
		}
		if c.ctx.Err() != nil {
			return document.Refuse(c.ctx.Err(), "Đã dừng theo yêu cầu; văn bản đã ký vẫn giữ chữ ký.", "Làm lại lệnh này để ký phần còn lại.")
		}
		doc, err := w.outbox.SignSeen(whole, one.seen, e, k)
		switch {
		case err == nil:
			one.Result, one.Document = resultSigned, &doc
		case outbox.PassedOver(err):
			one.skip(err)
		default:
			one.Result = resultFailed
			one.Reason, _ = advise(err)
			return err
		}
	}
	return nil
}

func (a manySigned) print(out io.Writer) {
	words := map[signResult]string{resultSigned: "Đã ký", resultSkipped: "Bỏ qua", resultFailed: "LỖI", resultLeft: "Chưa ký"}
	for _, one := range a.Results {
		doc := one.seen
		if one.Document != nil {
			doc = *one.Document
		}
		fmt.Fprintf(out, "%s: %s (%s)", words[one.Result], outgoingTitle(doc), one.ID)
		if one.Reason != "" {
			fmt.Fprintf(out, ": %s", clean(one.Reason))
		}
		fmt.Fprintln(out)
	}
}
