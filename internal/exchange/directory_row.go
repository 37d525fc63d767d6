package exchange

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// row is one body of the directory.
type row struct {
	document.Agency
	id, parent string          // the axis's own
	olds       []document.Code // codes it had before, sorted
	version    int64           // of the list of units; 0 when it came from the list of agencies
	since      document.Date   // first listed; zero when it was in the first list already
	missing    document.Date   // not listed since then; zero when it is
	ended      document.Date   // dissolved, as the axis says; zero when it says nothing
}

// The kinds of lines, in the order in which lines of one key are to be read.
const (
	kindListed = '+' // a body as the list on its way in has it; not in a finished sheet
	kindBody   = '.' // a body of the sheet
	kindAlias  = '=' // the key is an old code of another body
	kindOld    = '~' // the body of this key had another code; not in a finished sheet
)

// columns of the line of a body; the first two are those of every line.
const (
	colKey = iota
	colKind
	colName
	colInCharge
	colEmail
	colID
	colParent
	colOlds
	colVersion
	colSince
	colMissing
	colEnded
	columns
)

// Bounds of what is kept of a list: nothing in it may make the sheet unreadable.
const (
	maxField = 1000 // bytes of a text
	maxCode  = 100  // bytes of a code; legal ones have 35
	maxOlds  = 20   // old codes of one body
)

// field makes a text fit to stand between two tabs.
func field(s string) string {
	if len(s) > maxField {
		s = s[:maxField]
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
}

// codeField is a code as it is kept; "" when it can name nothing.
func codeField(c document.Code) document.Code {
	s := field(string(c))
	if len(s) > maxCode || strings.Contains(s, " ") {
		return ""
	}
	return document.Code(s)
}

// line appends the line of a body, without its end.
func (r row) line(b []byte, kind byte) []byte {
	b = append(append(b, r.Code...), '\t', kind)
	var olds []string
	for _, c := range r.olds {
		olds = append(olds, string(c))
	}
	version := ""
	if r.version != 0 {
		version = strconv.FormatInt(r.version, 10)
	}
	for _, f := range [...]string{r.Name, r.InCharge, r.Email, r.id, r.parent, strings.Join(olds, " "), version, day(r.since), day(r.missing), day(r.ended)} {
		b = append(append(b, '\t'), f...)
	}
	return b
}

func day(d document.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.ISO()
}

// pair appends a line of a key and a code: an alias or an old code.
func pair(b []byte, key document.Code, kind byte, code document.Code) []byte {
	return append(append(append(append(b, key...), '\t', kind), '\t'), code...)
}

// keyOf splits a line into its key, kind and the rest.
func keyOf(line []byte) (key []byte, kind byte, rest []byte, ok bool) {
	i := bytes.IndexByte(line, '\t')
	if i < 0 || len(line) < i+3 || line[i+2] != '\t' {
		return nil, 0, nil, false
	}
	return line[:i], line[i+1], line[i+3:], true
}

// parseRow reads the line of a body.
func parseRow(line string) (row, bool) {
	f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	if len(f) != columns {
		return row{}, false
	}
	r := row{id: f[colID], parent: f[colParent]}
	r.Code, r.Name, r.InCharge, r.Email = document.Code(f[colKey]), f[colName], f[colInCharge], f[colEmail]
	for _, c := range strings.Fields(f[colOlds]) {
		r.olds = append(r.olds, document.Code(c))
	}
	r.version, _ = strconv.ParseInt(f[colVersion], 10, 64) // "" is 0
	for i, d := range map[int]*document.Date{colSince: &r.since, colMissing: &r.missing, colEnded: &r.ended} {
		if f[i] != "" && d.UnmarshalText([]byte(f[i])) != nil {
			return row{}, false
		}
	}
	return r, true
}

// had notes codes the body had.
func (r *row) had(codes ...document.Code) {
	for _, c := range codes {
		if c == "" || c == r.Code || len(r.olds) >= maxOlds {
			continue
		}
		if i, found := slices.BinarySearch(r.olds, c); !found {
			r.olds = slices.Insert(r.olds, i, c)
		}
	}
}
