package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/exchange"
)

type agenciesVerb struct {
	inOffice
	Query string `arg:"" help:"Tên hoặc mã cũ, mới; không cần dấu."`
	Limit int    `default:"20" placeholder:"SỐ" help:"Nhiều nhất bấy nhiêu cơ quan."`
}

// agenciesFound is the answer of agencies.
type agenciesFound struct {
	Agencies []agencyFound `json:"agencies"`
	Known    int           `json:"known"`             // entries in force of the whole directory
	Fetched  *time.Time    `json:"fetched,omitempty"` // when the axis was last asked
}

// agencyFound is a body as the directory knows it; what is missing is unknown.
type agencyFound struct {
	document.Agency
	Standing   string            `json:"standing"` // "in-force", "unlisted", "dissolved", "merged"
	Note       string            `json:"note,omitempty"`
	OldCodes   []document.Code   `json:"oldCodes,omitempty"`
	Since      *document.Date    `json:"since,omitempty"` // first listed
	Until      *document.Date    `json:"until,omitempty"` // ended
	Successors []document.Agency `json:"successors,omitempty"`
}

// errNoDirectory: the directory has never been fetched.
var errNoDirectory = errors.New("no directory yet")

func (v *agenciesVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		at, count, err := w.agencies.Age()
		if err != nil {
			return err
		}
		if at.IsZero() {
			return document.Refuse(errNoDirectory, "Chưa có danh bạ cơ quan của trục.", "Chạy `vanthu sync --once` khi có mạng.")
		}
		entries, err := w.agencies.Find(c.ctx, v.Query, v.Limit)
		if err != nil {
			return err
		}
		var found []agencyFound
		for _, e := range entries {
			found = append(found, describeAgency(e))
		}
		return c.say(agenciesFound{filled(found), count, &at}, func(out io.Writer) {
			for _, a := range found {
				a.print(out)
			}
			if len(found) == 0 {
				fmt.Fprintf(out, "Không có cơ quan nào khớp trong %d cơ quan.\n", count)
			}
		})
	})
}

func describeAgency(e exchange.Entry) agencyFound {
	return agencyFound{
		Agency: e.Agency, Standing: standing(e.Standing), Note: e.Note(), OldCodes: e.Old,
		Since: known(e.Since), Until: known(e.Until), Successors: e.Heirs,
	}
}

func standing(s exchange.Standing) string {
	switch s {
	case exchange.Unlisted:
		return "unlisted"
	case exchange.Dissolved:
		return "dissolved"
	case exchange.Merged:
		return "merged"
	}
	return "in-force"
}

// known is a date, nil when it is not known.
func known(d document.Date) *document.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

// print writes a body, and below it what else is known of it.
func (a agencyFound) print(out io.Writer) {
	fmt.Fprintf(out, "%-16s %s\n", a.Code, clean(a.Name))
	var more []string
	if len(a.OldCodes) > 0 {
		more = append(more, "mã cũ "+codeList(a.OldCodes))
	}
	if a.Since != nil {
		more = append(more, "có từ "+a.Since.String())
	}
	if a.Note != "" {
		more = append(more, a.Note)
	}
	if len(more) > 0 {
		fmt.Fprintf(out, "%-16s %s\n", "", clean(strings.Join(more, "; ")))
	}
}

func codeList(codes []document.Code) string {
	var texts []string
	for _, c := range codes {
		texts = append(texts, string(c))
	}
	return strings.Join(texts, ", ")
}
