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

// Empty answers with nothing, without acting, as a gateway does that lost its
// own line.
func Empty() Fault { return instead(http.StatusOK, "text/plain", "") }

// Status acts and answers under another HTTP status: the body may say what it
// likes, such an answer is no success.
func Status(status int) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(&restatus{w, status}, r)
		})
	}
}

type restatus struct {
	http.ResponseWriter
	status int
}

// WriteHeader puts the other status.
func (s *restatus) WriteHeader(int) {
	if s.status != 0 {
		s.ResponseWriter.WriteHeader(s.status)
	}
	s.status = 0
}

// Write begins the answer, if nothing has.
func (s *restatus) Write(p []byte) (int, error) {
	s.WriteHeader(0)
	return s.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (s *restatus) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// Refuse answers with a code of the axis, without acting, in the form of the
// mode that the request is in.
func Refuse(code string) Fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			instead(http.StatusOK, jsonType, refusalText(r, code))(nil).ServeHTTP(w, r)
		})
	}
}

// refusalText has every member that any operation of the mode demands. The modes
// are told apart by what only their clients send.
func refusalText(r *http.Request, code string) string {
	switch {
	case r.Header.Get("X-SystemId") != "" && code == codeSystem:
		return `{"code":500,"message":"Lỗi thử nghiệm","errorDetail":[{"exception":"Lỗi thử nghiệm"}]}`
	case r.Header.Get("X-SystemId") != "":
		return fmt.Sprintf(`{"code":200,"message":"Lỗi thử nghiệm","data":{"status":"FAIL","docId":"","errorCode":%q,"errorDesc":"Lỗi thử nghiệm"}}`, code)
	case r.Header.Get("Authorization") != "":
		return fmt.Sprintf(`{"status":"FAIL","errorCode":%q,"errorDesc":"Lỗi thử nghiệm","docId":"","data":[]}`, code)
	}
	return fmt.Sprintf(`{"status":"FAIL","ErrorCode":%q,"ErrorDesc":"Lỗi thử nghiệm","DocId":"","data":[],"count":0}`, code)
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

// rows changes the rows of list answers, in whichever mode; everything else
// passes. It holds the answer in memory.
func rows(change func([]json.RawMessage) []json.RawMessage) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r = r.Clone(r.Context())
			r.Header.Del("Accept-Encoding") // what is compressed has no rows
			kept := &recorder{header: w.Header(), status: http.StatusOK}
			next.ServeHTTP(kept, r)
			body := kept.body.Bytes()
			if changed, ok := changeRows(body, change); ok {
				body = changed
			}
			w.Header().Set("Content-Length", fmt.Sprint(len(body)))
			w.WriteHeader(kept.status)
			w.Write(body)
		})
	}
}

// changeRows changes the list in member data, or in data's member content.
func changeRows(body []byte, change func([]json.RawMessage) []json.RawMessage) ([]byte, bool) {
	var whole, inner map[string]json.RawMessage
	if json.Unmarshal(body, &whole) != nil {
		return nil, false
	}
	var list []json.RawMessage
	holder, name := whole, "data"
	if json.Unmarshal(whole["data"], &inner) == nil && inner["content"] != nil {
		holder, name = inner, "content"
	}
	if json.Unmarshal(holder[name], &list) != nil || list == nil {
		return nil, false
	}
	changed, err := json.Marshal(change(list))
	if err != nil {
		return nil, false
	}
	holder[name] = changed
	if name == "content" {
		if whole["data"], err = json.Marshal(inner); err != nil {
			return nil, false
		}
	}
	body, err = json.Marshal(whole)
	return body, err == nil
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
