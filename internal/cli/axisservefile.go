package cli

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"

	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
)

// agencyFile reads a directory from a CSV file whose first line names the
// columns: code and name; parent, old_code, mail, center, system, version,
// deleted and locked (1 for yes) where there are such. Other columns are passed
// over, and so are codes that are known already.
func agencyFile(path string, known []axissim.Agency) iter.Seq2[axissim.Agency, error] {
	return func(yield func(axissim.Agency, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(axissim.Agency{}, err)
			return
		}
		defer f.Close()
		in := csv.NewReader(withoutMark(f))
		in.ReuseRecord, in.FieldsPerRecord = true, -1
		columns, err := agencyColumns(in)
		if err != nil {
			yield(axissim.Agency{}, badUsage("--agencies %s: %v", path, err))
			return
		}
		for more := true; more; {
			a, err := nextAgency(in, columns)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(a, badUsage("--agencies %s: %v", path, err))
				return
			}
			if !slices.ContainsFunc(known, func(k axissim.Agency) bool { return k.Code == a.Code }) {
				more = yield(a, nil)
			}
		}
	}
}

func nextAgency(in *csv.Reader, columns map[string]int) (axissim.Agency, error) {
	record, err := in.Read()
	if err != nil {
		return axissim.Agency{}, err
	}
	line, _ := in.FieldPos(0)
	a, err := agencyRecord(record, columns)
	if err != nil {
		err = fmt.Errorf("dòng %d: %w", line, err)
	}
	return a, err
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
