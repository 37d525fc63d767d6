package cli

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/outbox"
	"vanthu/store"
)

type listVerb struct {
	inOffice
	Which string `arg:"" enum:"incoming,outgoing" help:"incoming: văn bản đến; outgoing: văn bản đi."`
	State string `placeholder:"TRẠNG-THÁI" help:"Chỉ trạng thái này, ví dụ received, registered, draft, issued."`
	Text  string `placeholder:"CHỮ" help:"Chỉ văn bản có các chữ này, không cần dấu."`
	Open  bool   `help:"Chỉ văn bản còn việc phải làm."`
	Limit int    `default:"50" placeholder:"SỐ" help:"Nhiều nhất bấy nhiêu dòng."`
	After string `placeholder:"CON-TRỎ" help:"Tiếp theo trang trước (giá trị next)."`
}

// listed is the answer of list: one page, newest first.
type listed[S any] struct {
	Documents []S          `json:"documents"`
	Next      store.Cursor `json:"next,omitempty"` // where the next page begins
}

func (v *listVerb) Run(c *call) error {
	if v.Limit <= 0 {
		return badUsage("--limit: phải từ 1 trở lên")
	}
	if err := v.knowsState(); err != nil {
		return err
	}
	window := store.Window{After: store.Cursor(v.After), Limit: v.Limit}
	return c.inOffice(func(w *workplace) error {
		if v.Which == "incoming" {
			rows, next, err := w.inbox.List(inbox.Filter{State: inbox.State(v.State), Text: v.Text, Open: v.Open}, window)
			return onePage(c, rows, next, err, printIncomingRow)
		}
		rows, next, err := w.outbox.List(outbox.Filter{State: outbox.State(v.State), Text: v.Text, Open: v.Open}, window)
		return onePage(c, rows, next, err, printOutgoingRow)
	})
}

// knowsState refuses a state that no document of the list can have: an empty
// answer would read as "nothing to do".
func (v *listVerb) knowsState() error {
	names := stateNames(outbox.States())
	if v.Which == "incoming" {
		names = stateNames(inbox.States())
	}
	if v.State == "" || slices.Contains(names, v.State) {
		return nil
	}
	return badUsage("--state: phải là một trong %s, không phải %q", strings.Join(names, ", "), v.State)
}

func stateNames[S ~string](states []S) []string {
	var names []string
	for _, s := range states {
		names = append(names, string(s))
	}
	return names
}

// onePage answers with one page of a list.
func onePage[S any](c *call, rows []S, next store.Cursor, err error, row func(io.Writer, S)) error {
	if err != nil {
		return err
	}
	return c.say(listed[S]{filled(rows), next}, func(w io.Writer) {
		for _, r := range rows {
			row(w, r)
		}
		if len(rows) == 0 {
			fmt.Fprintln(w, "Không có văn bản nào.")
		}
		if next != "" {
			fmt.Fprintf(w, "còn nữa: --after %s\n", next)
		}
	})
}

func printIncomingRow(w io.Writer, s inbox.Summary) {
	number := ""
	if s.Number > 0 {
		number = fmt.Sprintf("%d", s.Number)
	}
	fmt.Fprintf(w, "%-19s %5s  %-10s %-20s %s%s\n", s.ID, number, s.Entered, s.State.Name(), caption(s.Subject, s.Code.String()), marked(s.Urgency))
}

func printOutgoingRow(w io.Writer, s outbox.Summary) {
	fmt.Fprintf(w, "%-19s %-10s %-20s %s%s\n", s.ID, s.Date, s.State.Name(), caption(s.Subject, s.Code.String()), marked(s.Urgency))
}

// marked is the urgency of a row, nothing for the usual one.
func marked(u document.Urgency) string {
	if u == document.Normal {
		return ""
	}
	return " [" + u.String() + "]"
}

type bookVerb struct {
	inOffice
	Which  string `arg:"" enum:"incoming,outgoing" help:"incoming: sổ văn bản đến; outgoing: sổ văn bản đi."`
	Year   int    `arg:"" optional:"" help:"Năm; không ghi: năm nay."`
	Series string `placeholder:"DÃY" help:"Dãy số văn bản đi; không ghi: dãy chung."`
}

// booked is the answer of book: every line of a year, voided ones too.
type booked[R any] struct {
	Book  string `json:"book"`
	Year  int    `json:"year"`
	Lines []R    `json:"lines"`
}

func (v *bookVerb) Run(c *call) error {
	if v.Year < 0 || v.Year > 9999 {
		return badUsage("năm phải từ 1 đến 9999")
	}
	return c.inOffice(func(w *workplace) error {
		year := v.Year
		if year == 0 {
			year = document.DateOf(w.inbox.Clock()).Year
		}
		if v.Which == "incoming" {
			rows, err := w.inbox.Book(year)
			return lines(c, booked[inbox.Row]{inbox.BookName, year, rows}, err, printIncomingLine)
		}
		rows, err := w.outbox.Book(v.Series, year)
		return lines(c, booked[outbox.Row]{cmp.Or(v.Series, outbox.DefaultSeries), year, rows}, err, printOutgoingLine)
	})
}

func lines[R any](c *call, b booked[R], err error, row func(io.Writer, R)) error {
	if err != nil {
		return err
	}
	b.Lines = filled(b.Lines)
	return c.say(b, func(w io.Writer) {
		for _, r := range b.Lines {
			row(w, r)
		}
		if len(b.Lines) == 0 {
			fmt.Fprintf(w, "Sổ %s năm %d chưa có dòng nào.\n", b.Book, b.Year)
		}
	})
}

func printIncomingLine(w io.Writer, r inbox.Row) {
	fmt.Fprintf(w, "%4d  %s  %s  %s  %s  %s%s\n", r.ArrivalNumber, r.ArrivalDate, clean(r.Reference), clean(r.Issuer), clean(r.Subject), clean(r.Receiver), struck(r.Void))
}

func printOutgoingLine(w io.Writer, r outbox.Row) {
	fmt.Fprintf(w, "%s  %s  %s  %s  %s%s\n", clean(r.Reference), r.Date, clean(r.Subject), clean(r.Signer), clean(r.Recipients), struck(r.Void))
}

func struck(v *store.Void) string {
	if v == nil {
		return ""
	}
	return " [hủy: " + clean(v.Reason) + "]"
}
