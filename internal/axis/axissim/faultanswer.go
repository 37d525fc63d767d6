package axissim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// Page answers with a proxy's HTML page, without acting.
func Page(status int) Fault {
	return instead(status, "text/html; charset=utf-8",
		"<html><head><title>Bảo trì</title></head><body>Hệ thống đang bảo trì</body></html>")
}

// Refuse answers with a code of the axis, without acting. It has every member
// that any operation of the SDK demands.
func Refuse(code string) Fault {
	return instead(http.StatusOK, "application/json;charset=UTF-8",
		fmt.Sprintf(`{"status":"FAIL","ErrorCode":%q,"ErrorDesc":"Lỗi thử nghiệm","DocId":"","data":[],"count":0}`, code))
}

// instead reads the request to its end, so that the client hears the answer,
// and gives a fixed one.
func instead(status int, contentType, body string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			io.WriteString(w, body)
		})
	}
}

// listing is an answer with rows.
type listing struct {
	Status    json.RawMessage   `json:"status"`
	ErrorCode json.RawMessage   `json:"ErrorCode"`
	ErrorDesc json.RawMessage   `json:"ErrorDesc"`
	Data      []json.RawMessage `json:"data"`
}

// rows changes the rows of list answers; everything else passes.
func rows(change func([]json.RawMessage) []json.RawMessage) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			kept := &recorder{header: w.Header(), status: http.StatusOK}
			next.ServeHTTP(kept, r)
			body := kept.body.Bytes()
			var l listing
			if json.Unmarshal(body, &l) == nil && l.Data != nil {
				l.Data = change(l.Data)
				if changed, err := json.Marshal(l); err == nil {
					body = changed
				}
			}
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			w.WriteHeader(kept.status)
			w.Write(body)
		})
	}
}

// Reorder turns lists round: nobody promises that the oldest stands first.
func Reorder() Fault {
	return rows(func(all []json.RawMessage) []json.RawMessage {
		slices.Reverse(all)
		return all
	})
}

// RepeatRows gives every row of a list twice.
func RepeatRows() Fault {
	return rows(func(all []json.RawMessage) (out []json.RawMessage) {
		for _, row := range all {
			out = append(out, row, row)
		}
		return out
	})
}

// NullRows puts a null and a row of nulls before every row of a list.
func NullRows() Fault {
	return rows(func(all []json.RawMessage) (out []json.RawMessage) {
		for _, row := range all {
			out = append(out, json.RawMessage("null"), json.RawMessage(`{"docId":null,"from":null,"to":null,"code":null}`), row)
		}
		return out
	})
}
