package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
)

// agencyFile reads a directory from a CSV file whose first line names the
// columns: code and name; parent, old_code, mail, center, system, version,
// deleted and locked (1 for yes) where there are such. Other columns are passed
// over, and so are codes that --agency has given.
func agencyFile(path string, o *axissim.Options) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	in := csv.NewReader(withoutMark(f))
	in.ReuseRecord, in.FieldsPerRecord = true, -1
	columns, err := agencyColumns(in)
	if err != nil {
		return badUsage("--agencies %s: %v", path, err)
	}
	known := map[document.Code]bool{}
	for _, a := range o.Agencies {
		known[a.Code] = true
	}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return badUsage("--agencies %s: %v", path, err)
		}
		line, _ := in.FieldPos(0)
		a, err := agencyRecord(record, columns)
		if err != nil {
			return badUsage("--agencies %s dòng %d: %v", path, line, err)
		}
		if !known[a.Code] {
			o.Agencies = append(o.Agencies, a)
		}
	}
}

// withoutMark passes over the mark that spreadsheets put before UTF-8.
func withoutMark(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	if start, _ := in.Peek(3); string(start) == "\ufeff" {
		in.Discard(3) // just seen
	}
	return in
}

func agencyColumns(in *csv.Reader) (map[string]int, error) {
	head, err := in.Read()
	if err != nil {
		return nil, err
	}
	columns := map[string]int{}
	for i, name := range head {
		columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, ok := columns["code"]; !ok {
		return nil, errors.New("dòng đầu phải có cột code")
	}
	return columns, nil
}

func agencyRecord(record []string, columns map[string]int) (axissim.Agency, error) {
	field := func(name string) string {
		if i, ok := columns[name]; ok && i < len(record) {
			return strings.TrimSpace(record[i])
		}
		return ""
	}
	code, err := document.ParseCode(field("code"))
	if err != nil {
		return axissim.Agency{}, err
	}
	a := axissim.Agency{
		Agency: document.Agency{Code: code, Name: field("name"), Email: field("mail")},
		Parent: field("parent"), System: field("system"), OldCode: document.Code(field("old_code")), Center: field("center"),
		Deleted: field("deleted") == "1", Locked: field("locked") == "1",
	}
	if text := field("version"); text != "" {
		a.Version, err = strconv.ParseInt(text, 10, 64)
	}
	return a, err
}
