package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"vanthu/internal/office"
	"vanthu/signer"
)

// call is one run of one verb: the words, the streams and the folder of the
// person who typed it. That person may sit at another process than the one
// the verb runs in, so nothing here may be taken from the process itself.
type call struct {
	ctx  context.Context
	args []string
	in   io.Reader
	out  io.Writer
	err  io.Writer
	cwd  string
	json bool
	home office.Home
	// homeGiven tells a home that was named from the default one.
	homeGiven bool
	pin       signer.PIN // read before the verb runs, wiped after it
	// place is the open office of the process that owns the home; nil when
	// the verb has to open it itself.
	place *workplace
}

// path resolves a path typed by the caller against the caller's folder.
func (c *call) path(p string) string {
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(c.cwd, p)
}

// say answers the caller: the value as one JSON object, or its text.
func (c *call) say(value any, text func(w io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// sayf is say with a text of one line.
func (c *call) sayf(value any, format string, a ...any) error {
	return c.say(value, func(w io.Writer) { fmt.Fprintf(w, format+"\n", a...) })
}

// officeUser is a verb that works inside the office's home: when another
// process owns the home the verb runs there.
type officeUser interface{ usesOffice() }

// inOffice marks a verb as an officeUser; embed it.
type inOffice struct{}

func (inOffice) usesOffice() {}
