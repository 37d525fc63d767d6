package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// errHelped ends parsing after the help was printed.
var errHelped = errors.New("help printed")

// helpFlag prints the help of the verb it stands behind and ends the call.
type helpFlag bool

// IgnoreDefault keeps kong from asking for a default.
func (helpFlag) IgnoreDefault() {}

// BeforeReset runs before anything is validated, so that help is given
// however wrong the rest of the line is.
func (helpFlag) BeforeReset(ctx *kong.Context) error {
	node := ctx.Selected()
	if node == nil || asksForProgram(ctx) {
		node = ctx.Model.Node
	}
	printHelp(ctx.Stdout, node)
	return errHelped
}

// asksForProgram tells `vanthu --help`, which selects the default verb, from
// a verb named by hand.
func asksForProgram(ctx *kong.Context) bool {
	for _, word := range ctx.Args {
		if !strings.HasPrefix(word, "-") {
			return false
		}
	}
	return true
}

// printHelp writes what one verb, or the whole program, can do.
func printHelp(w io.Writer, n *kong.Node) {
	usage := strings.NewReplacer("<command>", "[việc]", "[flags]", "[tùy chọn]").Replace(n.Summary())
	fmt.Fprintf(w, "Cách dùng: vanthu %s\n", strings.TrimSpace(strings.TrimPrefix(usage, "vanthu")))
	if n.Help != "" {
		fmt.Fprintf(w, "\n%s\n", n.Help)
	}
	if n.Detail != "" {
		fmt.Fprintf(w, "\n%s\n", n.Detail)
	}
	var args, flags, verbs [][2]string
	for _, p := range n.Positional {
		args = append(args, [2]string{p.Summary(), p.Help})
	}
	for _, level := range slices.Backward(n.AllFlags(true)) { // the verb's own first
		for _, f := range level {
			flags = append(flags, [2]string{f.String(), f.Help})
		}
	}
	for _, leaf := range n.Leaves(true) {
		if leaf != n {
			verbs = append(verbs, [2]string{strings.TrimPrefix(leaf.FullPath(), "vanthu "), leaf.Help})
		}
	}
	printColumns(w, "Đối số:", args)
	printColumns(w, "Việc:", verbs)
	printColumns(w, "Tùy chọn:", flags)
}

// printColumns writes a heading and rows of name and meaning.
func printColumns(w io.Writer, heading string, rows [][2]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\n", heading)
	for _, r := range rows {
		if len([]rune(r[0])) > 24 {
			fmt.Fprintf(w, "  %s\n  %-24s  %s\n", r[0], "", r[1])
			continue
		}
		fmt.Fprintf(w, "  %-24s  %s\n", r[0], r[1])
	}
}
