package cli

import (
	"context"
	"fmt"
	"io"

	"vanthu/inbox"
	"vanthu/internal/document"
)

// The verbs on an incoming document, in the order of clerk-workflow §1.1.
// Each answers with the whole record as it stands after the act.

type inspectVerb struct {
	inOffice
	ID string `arg:"" help:"Văn bản đến."`
}

func (v *inspectVerb) Run(c *call) error {
	return c.incoming(func(ctx context.Context, d *inbox.Desk) (inbox.Document, error) { return d.Inspect(ctx, v.ID) },
		func(w io.Writer, doc inbox.Document) { printCheck(w, doc) })
}

type registerVerb struct {
	inOffice
	ID       string `arg:"" help:"Văn bản đến."`
	Date     day    `placeholder:"NGÀY" help:"Ngày đến; không ghi: hôm nay."`
	Receiver string `placeholder:"TÊN" help:"Đơn vị hoặc người nhận, nếu đã biết."`
	Separate bool   `help:"Đăng ký riêng dù trùng số, ký hiệu với văn bản đã vào sổ."`
	overlay
}

func (v *registerVerb) Run(c *call) error {
	register := func(_ context.Context, d *inbox.Desk) (inbox.Document, error) {
		doc, err := d.Get(v.ID)
		if err != nil {
			return doc, err
		}
		meta, err := v.over(doc.Received)
		if err != nil {
			return doc, err
		}
		return d.Register(v.ID, inbox.Registration{Meta: meta, Date: v.Date.Date, Receiver: v.Receiver, Separate: v.Separate})
	}
	return c.incoming(register, func(w io.Writer, doc inbox.Document) {
		fmt.Fprintf(w, "Đã đăng ký: số đến %d, ngày %s — %s\n", doc.Entry.Number, doc.Entry.Date, title(doc))
	})
}

// overlay is what the clerk enters in place of what the packet says.
type overlay struct {
	Type     string   `placeholder:"LOẠI" help:"Tên loại văn bản."`
	Code     string   `placeholder:"SỐ/KÝ-HIỆU" help:"Số, ký hiệu của văn bản."`
	Issued   day      `placeholder:"NGÀY" help:"Ngày, tháng, năm văn bản."`
	Issuer   string   `placeholder:"TÊN" help:"Tác giả (cơ quan ban hành)."`
	Subject  string   `placeholder:"CHỮ" help:"Trích yếu nội dung."`
	Signer   string   `placeholder:"TÊN" help:"Họ tên người ký."`
	Position string   `placeholder:"CHỨC-VỤ" help:"Chức vụ người ký."`
	Urgency  *urgency `placeholder:"ĐỘ-KHẨN" help:"Thường, Khẩn, Thượng khẩn, Hỏa tốc."`
	Pages    int      `placeholder:"SỐ" help:"Số trang."`
	Due      day      `placeholder:"NGÀY" help:"Thời hạn giải quyết."`
	FileCode string   `placeholder:"MÃ" help:"Mã hồ sơ."`
	Note     string   `placeholder:"CHỮ" help:"Ghi chú."`
}

// over lays the clerk's words over the received ones.
func (o overlay) over(m inbox.Metadata) (inbox.Metadata, error) {
	if o.Code != "" {
		code, err := document.ParseReference(o.Code)
		if err != nil {
			return m, badUsage("--code: viết như 15/QĐ-UBND, không phải %q", o.Code)
		}
		m.Code = code
	}
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&m.TypeName, o.Type}, {&m.Issuer.Name, o.Issuer}, {&m.Subject, o.Subject}, {&m.Signer.Name, o.Signer},
		{&m.Signer.Position, o.Position}, {&m.FileCode, o.FileCode}, {&m.Note, o.Note},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if !o.Issued.IsZero() {
		m.Date = o.Issued.Date
	}
	if !o.Due.IsZero() {
		m.Due = o.Due.Date
	}
	if o.Urgency != nil {
		m.Urgency = o.Urgency.Urgency
	}
	if o.Pages > 0 {
		m.Pages = o.Pages
	}
	return m, nil
}

type refuseVerb struct {
	inOffice
	ID     string `arg:"" help:"Văn bản đến chưa vào sổ."`
	Reason string `required:"" placeholder:"LÝ-DO" help:"Lý do trả lại, gửi kèm cho cơ quan gửi."`
}

func (v *refuseVerb) Run(c *call) error {
	return c.incoming(func(_ context.Context, d *inbox.Desk) (inbox.Document, error) { return d.Refuse(v.ID, v.Reason) },
		func(w io.Writer, doc inbox.Document) {
			fmt.Fprintf(w, "Đã từ chối tiếp nhận: %s\n", title(doc))
		})
}

type submitVerb struct {
	inOffice
	ID string `arg:"" help:"Văn bản đến đã vào sổ."`
	To string `required:"" placeholder:"TÊN" help:"Người được trình."`
}

func (v *submitVerb) Run(c *call) error {
	return c.incoming(func(_ context.Context, d *inbox.Desk) (inbox.Document, error) { return d.Submit(v.ID, v.To) },
		func(w io.Writer, doc inbox.Document) { fmt.Fprintf(w, "Đã trình %s: %s\n", v.To, title(doc)) })
}

type directVerb struct {
	inOffice
	ID      string   `arg:"" help:"Văn bản đến đã trình."`
	By      string   `required:"" placeholder:"TÊN" help:"Người chỉ đạo."`
	Text    string   `required:"" placeholder:"CHỮ" help:"Ý kiến chỉ đạo (bút phê)."`
	Lead    string   `required:"" placeholder:"TÊN" help:"Đơn vị, người chủ trì."`
	Support []string `placeholder:"TÊN" sep:"none" help:"Đơn vị, người phối hợp; dùng nhiều lần được."`
	Due     day      `placeholder:"NGÀY" help:"Thời hạn giải quyết."`
}

func (v *directVerb) Run(c *call) error {
	say := inbox.Directive{By: v.By, Text: v.Text, Lead: v.Lead, Support: v.Support, Due: v.Due.Date}
	return c.incoming(func(_ context.Context, d *inbox.Desk) (inbox.Document, error) { return d.Direct(v.ID, say) },
		func(w io.Writer, doc inbox.Document) {
			fmt.Fprintf(w, "Đã ghi ý kiến chỉ đạo, chủ trì %s: %s\n", v.Lead, title(doc))
		})
}

type handOverVerb struct {
	inOffice
	ID  string `arg:"" help:"Văn bản đến đã vào sổ."`
	To  string `required:"" placeholder:"TÊN" help:"Đơn vị hoặc người nhận."`
	Due day    `placeholder:"NGÀY" help:"Thời hạn giải quyết."`
}

func (v *handOverVerb) Run(c *call) error {
	return c.incoming(func(_ context.Context, d *inbox.Desk) (inbox.Document, error) {
		return d.HandOver(v.ID, v.To, v.Due.Date)
	}, func(w io.Writer, doc inbox.Document) { fmt.Fprintf(w, "Đã chuyển giao %s: %s\n", v.To, title(doc)) })
}

type progressVerb struct {
	inOffice
	ID   string `arg:"" help:"Văn bản đến đã chuyển giao."`
	Note string `required:"" placeholder:"CHỮ" help:"Tiến độ giải quyết."`
}

func (v *progressVerb) Run(c *call) error {
	return c.incoming(func(_ context.Context, d *inbox.Desk) (inbox.Document, error) { return d.Progress(v.ID, v.Note) },
		func(w io.Writer, doc inbox.Document) { fmt.Fprintf(w, "Đã ghi tiến độ: %s\n", title(doc)) })
}

type completeVerb struct {
	inOffice
	ID    string `arg:"" help:"Văn bản đến đã vào sổ."`
	Note  string `placeholder:"CHỮ" help:"Kết quả giải quyết."`
	Reply string `placeholder:"SỐ/KÝ-HIỆU" help:"Số, ký hiệu văn bản trả lời."`
}

func (v *completeVerb) Run(c *call) error {
	return c.incoming(func(_ context.Context, d *inbox.Desk) (inbox.Document, error) {
		return d.Complete(v.ID, v.Note, v.Reply)
	}, func(w io.Writer, doc inbox.Document) { fmt.Fprintf(w, "Đã hoàn thành: %s\n", title(doc)) })
}

type saveVerb struct {
	inOffice
	ID   string `arg:"" help:"Văn bản."`
	File int    `arg:"" help:"Tệp thứ mấy, đếm từ 1."`
	To   string `placeholder:"THƯ-MỤC" default:"." help:"Thư mục lưu tệp; không bao giờ ghi đè."`
}

// saved is the answer of save.
type saved struct {
	Path string `json:"path"`
}

func (v *saveVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		path, err := w.export(v.ID, v.File-1, c.path(v.To))
		if err != nil {
			return err
		}
		return c.sayf(saved{path}, "%s", path)
	})
}

// incoming runs one verb on an incoming document and answers with it.
func (c *call) incoming(act func(context.Context, *inbox.Desk) (inbox.Document, error), text func(io.Writer, inbox.Document)) error {
	return c.inOffice(func(w *workplace) error {
		doc, err := act(c.ctx, w.inbox)
		if err != nil {
			return err
		}
		return c.say(doc, func(out io.Writer) { text(out, doc) })
	})
}
