package axissim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// Codes of the axis (axis.md §1.8).
const (
	codeOK              = "0"
	codeInvalidFile     = "10"
	codeWrongSecret     = "15"
	codeUnknownReceiver = "18"
	codeUnknownSender   = "19"
	codeSystem          = "20"
	codeWrongFormat     = "22"
	codeLockedReceiver  = "23"
	codeOther           = "-1"
)

// answer is the envelope of axis.md §1.6: all three fields always, and no member
// is ever null, for the SDK loses whole lists over one.
type answer struct {
	Status    string `json:"status"`
	ErrorCode string `json:"ErrorCode"`
	ErrorDesc string `json:"ErrorDesc"`
}

func ok() answer { return answer{"OK", codeOK, "Thành công"} }

func failure(code, desc string) answer { return answer{"FAIL", code, desc} }

// sendAnswer always has a DocId: the SDK throws without one, also on failure.
type sendAnswer struct {
	answer
	DocID string `json:"DocId"`
}

// listAnswer always has a list.
type listAnswer[R any] struct {
	answer
	Data []R `json:"data"`
}

func list[R any](rows []R) listAnswer[R] {
	if rows == nil {
		rows = []R{}
	}
	return listAnswer[R]{ok(), rows}
}

type countAnswer struct {
	answer
	Count int `json:"count"`
}

// dataAnswer is getEdoc's: on failure data is present and empty.
type dataAnswer struct {
	answer
	Data string `json:"data"`
}

// write answers with HTTP 200 whatever happened: the SDK ignores the HTTP
// status and reads the body.
func write(w http.ResponseWriter, v any) { writeStatus(w, http.StatusOK, v) }

const jsonType = "application/json;charset=UTF-8"

func writeStatus(w http.ResponseWriter, status int, v any) {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		b.Reset()
		b.WriteString(`{"status":"FAIL","ErrorCode":"20","ErrorDesc":"","DocId":"","data":[],"count":0}`)
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write(b.Bytes())
}

// encode writes JSON as Gson does: no HTML escapes, no line feed at the end.
func encode(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1)
	return nil
}

// What stands around the rows of a list that is streamed.
const (
	listHead = `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":[`
	listTail = `]}`
)

// stream answers with rows one after another: the national directory has 125,000
// and need not be in memory as an answer too.
func stream(w http.ResponseWriter, head, tail string, rows func(row func(any) error) error) {
	w.Header().Set("Content-Type", jsonType)
	out := bufio.NewWriterSize(w, 16<<10)
	out.WriteString(head)
	var b bytes.Buffer
	err := rows(func(v any) error {
		if err := encode(&b, v); err != nil {
			return err
		}
		_, err := out.Write(b.Bytes())
		b.Reset()
		b.WriteByte(',')
		return err
	})
	if err != nil {
		abort() // half a list must not end like a whole one
	}
	out.WriteString(tail)
	out.Flush()
}
