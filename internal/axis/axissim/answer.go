package axissim

import (
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
func write(w http.ResponseWriter, v any) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		b.Reset()
		b.WriteString(`{"status":"FAIL","ErrorCode":"20","ErrorDesc":"","DocId":"","data":[],"count":0}`)
	}
	body := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.Write(body)
}
