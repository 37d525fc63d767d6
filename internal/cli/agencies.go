package cli

import (
	"errors"
	"fmt"
	"io"
	"time"

	"vanthu/internal/document"
)

type agenciesVerb struct {
	inOffice
	Query string `arg:"" help:"Tên hoặc mã, không cần dấu."`
	Limit int    `default:"20" placeholder:"SỐ" help:"Nhiều nhất bấy nhiêu cơ quan."`
}

// agenciesFound is the answer of agencies.
type agenciesFound struct {
	Agencies []document.Agency `json:"agencies"`
	Known    int               `json:"known"`             // entries of the whole directory
	Fetched  *time.Time        `json:"fetched,omitempty"` // when it was fetched from the axis
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
		found, err := w.agencies.Search(c.ctx, v.Query, v.Limit)
		if err != nil {
			return err
		}
		return c.say(agenciesFound{filled(found), count, &at}, func(out io.Writer) {
			for _, a := range found {
				fmt.Fprintf(out, "%-16s %s\n", a.Code, clean(a.Name))
			}
			if len(found) == 0 {
				fmt.Fprintf(out, "Không có cơ quan nào khớp trong %d cơ quan.\n", count)
			}
		})
	})
}
