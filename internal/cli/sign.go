package cli

import (
	"context"

	"vanthu/outbox"
)

type signVerb struct {
	inOffice
	IDs []string `arg:"" name:"id" help:"Dự thảo. Nhiều mã: ký lần lượt bằng một khóa, một lần nhập PIN; dừng ở lỗi đầu tiên, văn bản đã ký vẫn giữ chữ ký."`
	keyFlags
}

// Run signs one draft and answers with it, or several and answers with what became
// of each.
func (v *signVerb) Run(c *call) error {
	if len(v.IDs) > 1 {
		return v.many(c, outbox.EventSign, v.IDs)
	}
	return v.one(c, outbox.EventSign, v.IDs[0], "Người có thẩm quyền đã ký")
}

type sealVerb struct {
	inOffice
	IDs []string `arg:"" name:"id" help:"Văn bản đã có số. Nhiều mã: ký lần lượt bằng một khóa, một lần nhập PIN; dừng ở lỗi đầu tiên, văn bản đã ký vẫn giữ chữ ký."`
	keyFlags
}

// Run is that of sign, with the agency's key.
func (v *sealVerb) Run(c *call) error {
	if len(v.IDs) > 1 {
		return v.many(c, outbox.EventSeal, v.IDs)
	}
	return v.one(c, outbox.EventSeal, v.IDs[0], "Cơ quan đã ký số")
}

// keyFlags choose the key of a signature.
type keyFlags struct {
	Key     string `placeholder:"KHÓA" help:"Khóa ký: token:SERIAL/ID hoặc file:TỆP; không ghi: theo tệp cấu hình."`
	LastTry bool   `help:"Chấp nhận dùng lần thử PIN cuối cùng của thiết bị; chỉ khi ký một văn bản."`
	pinFlags
}

// keyFor is the key named on the command line, else that of the settings.
func (f keyFlags) keyFor(w *workplace, e outbox.Event, doc outbox.Document) (ref string, err error) {
	switch {
	case f.Key != "":
		return f.Key, nil
	case e == outbox.EventSeal:
		return w.office.Seal.Key, nil
	}
	leader, err := leaderNamed(w.office, doc.Draft.Signer.Name)
	return leader.Key, err
}

// one signs or seals one document.
func (f keyFlags) one(c *call, e outbox.Event, id, done string) error {
	return c.outgoing(func(ctx context.Context, w *workplace) (outbox.Document, error) {
		doc, err := w.outbox.Get(id)
		if err != nil {
			return doc, err
		}
		if err := w.outbox.MaySign(id, e); err != nil {
			return doc, err // before the PIN is spent on it
		}
		ref, err := f.keyFor(w, e, doc)
		if err != nil {
			return doc, err
		}
		k, err := c.openKey(w, ref, f.LastTry)
		if err != nil {
			return doc, err
		}
		defer k.Close()
		if e == outbox.EventSeal {
			return w.outbox.Seal(ctx, id, k)
		}
		return w.outbox.Sign(ctx, id, k)
	}, done)
}
