package axis

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// envelope is what stands around every answer:
// {"status":"OK","ErrorCode":"0","ErrorDesc":"...",...payload}.
type envelope struct {
	status, code, desc string
	docID              string
	count              string
	enveloped          bool // one of status and ErrorCode was there
	payload            bool // data was there, or need not be
	hub                hubWords
}

// capped fails, rather than ends, at its limit: an answer cut silently would
// look broken.
type capped struct {
	r    io.Reader
	left int64
}

// Read is ErrTooLarge from the limit on.
func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, ErrTooLarge
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	return n, err
}

// readAnswer reads an answer whose payload, the member data, goes to data. What
// the answer means is decided afterwards, by status and body together: data may
// stand before the word that it failed.
func readAnswer(httpStatus int, body io.Reader, max int64, data func(s *scanner) error) (envelope, error) {
	e := envelope{payload: true} // axis.md §6.4: data may be missing
	s := newScanner(&capped{body, max})
	err := s.object(func(name string) error {
		if strings.EqualFold(name, "data") {
			return data(s)
		}
		return e.member(name, s)
	})
	if err != nil && (httpStatus >= 500 || !e.enveloped) {
		if class := classOf(httpStatus); class != nil {
			return e, class
		}
	}
	if err != nil {
		return e, err
	}
	return e, e.judge(httpStatus)
}

// member reads a member of the envelope; others are passed over.
func (e *envelope) member(name string, s *scanner) error {
	switch name = strings.ToLower(name); name {
	case "status", "errorcode", "errordesc", "docid", "count":
	default:
		return skip(s)
	}
	v, err := s.bounded()
	text, _ := v.(string)
	text = strings.TrimSpace(text)
	switch name {
	case "status":
		e.status = text
		e.enveloped = e.enveloped || text != ""
	case "errorcode":
		e.code = strings.TrimSuffix(text, ".0") // Gson prints numbers so
		e.enveloped = e.enveloped || text != ""
	case "errordesc":
		e.desc = text
	case "docid":
		e.docID = text
	case "count":
		e.count = strings.TrimSuffix(text, ".0")
	}
	return err
}

// judge tells what an answer means. HTTP status and body must agree on success.
func (e envelope) judge(httpStatus int) error {
	class := classOf(httpStatus)
	switch {
	case e.code != "" && e.code != "0":
		return reject(e.code, e.desc)
	case strings.EqualFold(e.status, "FAIL"), strings.EqualFold(e.status, "ERROR"):
		return reject(or0(e.code), e.desc)
	case class != nil:
		return class
	case !e.enveloped:
		return malformed("neither status nor ErrorCode")
	case e.code == "" && !strings.EqualFold(e.status, "OK") && !strings.EqualFold(e.status, "SUCCESS"):
		return malformed("status %.20q", e.status)
	}
	return nil
}

func or0(code string) string {
	if code == "" {
		return "-1"
	}
	return code
}

// classOf is what an HTTP status means when the body does not say more; nil for
// success.
func classOf(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		return fmt.Errorf("%w: HTTP %d", ErrBusy, status)
	case status == http.StatusRequestEntityTooLarge:
		return &Rejected{Code: "413", Desc: "HTTP 413"}
	}
	return malformed("HTTP %d", status)
}

// row is one entry of a list, names in lower case.
type row map[string]any

// get is the text of a field: "" when missing, null or no text.
func (r row) get(name string) string {
	text, _ := r[strings.ToLower(name)].(string)
	return strings.TrimSpace(text)
}

// rows reads a list payload and hands every row to add, whose error ends the
// list. Rows that are no objects are passed over; data that is missing, null or
// "" is an empty list; one object instead of a list is a list of one.
func rows(add func(row) error) func(s *scanner) error {
	return func(s *scanner) error {
		c, err := s.next()
		if err != nil {
			return err
		}
		one := func() error {
			v, err := s.bounded()
			if m, ok := v.(map[string]any); ok && err == nil {
				return add(m)
			}
			return err
		}
		if c == '[' {
			return s.array(one)
		}
		return one()
	}
}

// skip reads a payload nobody asked for.
func skip(s *scanner) error { return s.pass() }
