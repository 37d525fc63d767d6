package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/outbox"
)

// The verbs on an outgoing document, in the order of clerk-workflow §2.1.
// Each answers with the whole record as it stands after the act.

// draftFlags are what the clerk types about a document.
type draftFlags struct {
	Type    string   `placeholder:"LOẠI" help:"Tên loại văn bản: Công văn, Quyết định, Báo cáo…"`
	Subject string   `placeholder:"CHỮ" help:"Trích yếu nội dung."`
	Signer  string   `placeholder:"TÊN" help:"Người ký, một trong những người ở tệp cấu hình; không ghi: người đầu tiên."`
	Unit    string   `placeholder:"ĐƠN-VỊ" help:"Đơn vị soạn thảo, trong ký hiệu công văn."`
	Urgency *urgency `placeholder:"ĐỘ-KHẨN" help:"Thường, Khẩn, Thượng khẩn, Hỏa tốc."`
	To      []string `placeholder:"MÃ" sep:"," help:"Mã định danh cơ quan nhận; dùng nhiều lần được."`
	Place   []string `placeholder:"TÊN" sep:"none" help:"Nơi nhận in trên văn bản; dùng nhiều lần được."`
	Due     day      `placeholder:"NGÀY" help:"Hạn trả lời."`
	ReplyTo string   `placeholder:"VĂN-BẢN-ĐẾN" help:"Trả lời văn bản đến này."`
	Copies  int      `placeholder:"SỐ" help:"Số lượng bản."`
	Pages   int      `placeholder:"SỐ" help:"Số trang."`
	Secrecy string   `placeholder:"ĐỘ-MẬT" help:"Chỉ được là Không: văn bản mật không đi qua phần mềm này."`
}

// over lays the words over a draft.
func (f draftFlags) over(w *workplace, d outbox.Draft) (outbox.Draft, error) {
	for _, t := range []struct {
		to   *string
		from string
	}{{&d.TypeName, f.Type}, {&d.Subject, f.Subject}, {&d.Unit, f.Unit}, {&d.Secrecy, f.Secrecy}} {
		if t.from != "" {
			*t.to = t.from
		}
	}
	if f.Urgency != nil {
		d.Urgency = f.Urgency.Urgency
	}
	if !f.Due.IsZero() {
		d.Due = f.Due.Date
	}
	if f.Copies != 0 {
		d.Copies = f.Copies
	}
	if f.Pages != 0 {
		d.Pages = f.Pages
	}
	if len(f.Place) > 0 {
		d.ToPlaces = f.Place
	}
	return d, f.people(w, &d)
}

// people fills in who signs, who receives and what is answered.
func (f draftFlags) people(w *workplace, d *outbox.Draft) error {
	if f.Signer != "" || d.Signer.Name == "" {
		leader, err := leaderNamed(w.office, f.Signer)
		if err != nil {
			return err
		}
		d.Signer = leader.Signer
	}
	if len(f.To) > 0 {
		d.Recipients = nil
		for _, code := range f.To {
			d.Recipients = append(d.Recipients, document.Agency{Code: document.Code(code)})
		}
	}
	if f.ReplyTo == "" {
		return nil
	}
	in, err := w.inbox.Get(f.ReplyTo)
	if err != nil {
		return err
	}
	d.ReplyTo = &outbox.Reply{Incoming: in.ID, Ref: original(in)}
	return nil
}

// leaderNamed finds a leader of the settings; no name is the first.
func leaderNamed(o office.Office, name string) (office.Leader, error) {
	for _, l := range o.Leaders {
		if name == "" || l.Name == name {
			return l, nil
		}
	}
	if name == "" {
		return office.Leader{}, document.Refuse(office.ErrConfig, "Tệp cấu hình chưa có người ký nào.", "Thêm mục [[leaders]] vào vanthu.toml.")
	}
	return office.Leader{}, document.Refuse(office.ErrConfig, fmt.Sprintf("Không có người ký tên %q trong tệp cấu hình.", name), "Ghi đúng họ tên ở mục [[leaders]], hoặc thêm người ký.")
}

type draftVerb struct {
	inOffice
	File   string   `arg:"" help:"Tệp PDF của dự thảo."`
	Attach []string `placeholder:"TỆP" sep:"none" help:"Tệp kèm theo; dùng nhiều lần được."`
	draftFlags
}

func (v *draftVerb) Run(c *call) error {
	return c.outgoing(func(ctx context.Context, w *workplace) (outbox.Document, error) {
		draft, err := v.over(w, outbox.Draft{})
		if err != nil {
			return outbox.Document{}, err
		}
		pdf, err := c.openFile(v.File)
		if err != nil {
			return outbox.Document{}, err
		}
		defer pdf.Close()
		var attached []outbox.NewFile
		for _, name := range v.Attach {
			f, err := c.openFile(name)
			if err != nil {
				return outbox.Document{}, err
			}
			defer f.Close()
			attached = append(attached, outbox.NewFile{Name: filepath.Base(name), R: f})
		}
		return w.outbox.Create(ctx, draft, pdf, attached...)
	}, "Đã lập dự thảo")
}

type editVerb struct {
	inOffice
	ID   string `arg:"" help:"Văn bản đi."`
	File string `placeholder:"TỆP" help:"Thay tệp PDF của dự thảo."`
	draftFlags
}

func (v *editVerb) Run(c *call) error {
	return c.outgoing(func(ctx context.Context, w *workplace) (outbox.Document, error) {
		doc, err := w.outbox.Get(v.ID)
		if err != nil {
			return doc, err
		}
		draft, err := v.over(w, doc.Draft)
		if err != nil {
			return doc, err
		}
		if v.File == "" {
			return w.outbox.Edit(v.ID, draft)
		}
		pdf, err := c.openFile(v.File)
		if err != nil {
			return doc, err
		}
		defer pdf.Close()
		return w.outbox.Revise(ctx, v.ID, draft, pdf)
	}, "Đã sửa")
}

type numberVerb struct {
	inOffice
	ID string `arg:"" help:"Văn bản đã có chữ ký của người có thẩm quyền."`
}

func (v *numberVerb) Run(c *call) error {
	return c.outgoing(func(_ context.Context, w *workplace) (outbox.Document, error) { return w.outbox.AssignNumber(v.ID) }, "Đã cấp số")
}

type issueVerb struct {
	inOffice
	ID string `arg:"" help:"Văn bản đã có đủ hai chữ ký."`
}

func (v *issueVerb) Run(c *call) error {
	return c.outgoing(func(_ context.Context, w *workplace) (outbox.Document, error) { return w.outbox.Issue(v.ID) },
		"Đã phát hành, đang chờ gửi")
}

type putAsideVerb struct {
	inOffice
	ID string `arg:"" help:"Văn bản đã phát hành có nơi từ chối."`
}

func (v *putAsideVerb) Run(c *call) error {
	return c.outgoing(func(_ context.Context, w *workplace) (outbox.Document, error) { return w.outbox.PutAside(v.ID) },
		"Đã ghi là đã xử lý")
}

type discardVerb struct {
	inOffice
	ID     string `arg:"" help:"Văn bản chưa phát hành."`
	Reason string `required:"" placeholder:"LÝ-DO" help:"Lý do bỏ."`
}

func (v *discardVerb) Run(c *call) error {
	return c.outgoing(func(_ context.Context, w *workplace) (outbox.Document, error) {
		return w.outbox.Discard(v.ID, v.Reason)
	}, "Đã bỏ")
}

type voidVerb struct {
	inOffice
	ID     string `arg:"" help:"Văn bản đã có số, chưa phát hành."`
	Reason string `required:"" placeholder:"LÝ-DO" help:"Lý do hủy; số không dùng lại, dòng trong sổ được giữ."`
}

func (v *voidVerb) Run(c *call) error {
	return c.outgoing(func(_ context.Context, w *workplace) (outbox.Document, error) { return w.outbox.Void(v.ID, v.Reason) }, "Đã hủy số")
}

// outgoing runs one verb on an outgoing document and answers with it.
func (c *call) outgoing(act func(context.Context, *workplace) (outbox.Document, error), done string) error {
	return c.inOffice(func(w *workplace) error {
		doc, err := act(c.ctx, w)
		if err != nil {
			return err
		}
		return c.say(doc, func(out io.Writer) { fmt.Fprintf(out, "%s: %s (%s)\n", done, outgoingTitle(doc), doc.ID) })
	})
}
