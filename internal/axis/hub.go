package axis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// hub is what the provincial hubs have in common: a token before everything
// else, and answers of a shape that was read from single clients only
// (axis.md §5.3), so that every form seen or likely is taken.
type hub struct {
	*Client
	tokens *tokens
}

// hubWords are what the hubs say beside the words of the axis.
type hubWords struct {
	code    string // like an HTTP status, as number or text
	message string
	token   string
	life    string // of the token, in seconds
	oauth   string // word of RFC 6749 §5.2
}

// agent is what we call ourselves where we do not speak as the SDK.
const agent = "vanthu"

func (h *hub) prove(ctx context.Context, header http.Header, _ []param) error {
	t, err := h.tokens.get(ctx)
	if err != nil {
		return err
	}
	header.Set("Authorization", "Bearer "+t)
	return nil
}

func (h *hub) refused(header http.Header) bool {
	return h.tokens.refuse(strings.TrimPrefix(header.Get("Authorization"), "Bearer "))
}

// json makes an order with a JSON body; nil for none.
func (h *hub) json(method string, body any, path ...string) (order, error) {
	o := order{method: method, target: h.base.JoinPath(path...), header: http.Header{}, reads: method == http.MethodGet}
	o.header.Set("Accept", "application/json")
	o.header.Set("User-Agent", agent)
	if body == nil {
		return o, nil
	}
	b, err := json.Marshal(body)
	o.header.Set("Content-Type", "application/json")
	o.text(string(b))
	return o, err
}

// read reads an answer. The payload may be data itself, or a member of it, and
// the words of the axis may stand within data, too.
func (h *hub) read(r reply, max int64, data func(*scanner) error) (envelope, error) {
	if classOf(r.status) != nil {
		data = skip
	}
	e, err := scanHub(r, max, data)
	if err != nil {
		return e, err
	}
	return e, e.judgeHub(r.status)
}

// scanHub reads an answer without judging it.
func scanHub(r reply, max int64, data func(*scanner) error) (envelope, error) {
	var e envelope
	s := newScanner(&capped{r.body, max})
	err := s.object(func(name string) error {
		if strings.EqualFold(name, "data") {
			return e.hubPayload(s, data)
		}
		return e.hubMember(name, s)
	})
	if err != nil {
		return e, hubBroken(r, err)
	}
	return e, nil
}

// hubBroken is the error of an answer that is no JSON.
func hubBroken(r reply, err error) error {
	class := classOf(r.status)
	switch {
	case r.status == http.StatusUnauthorized && r.header.Get("WWW-Authenticate") != "":
		return deniedProof("HTTP 401")
	case r.status == http.StatusUnauthorized: // a portal's page, maybe, but a token may cure it
		return unproved{class}
	case class != nil:
		return class
	}
	return err
}

// errProof is in the error of an answer that does not take the request's proof.
var errProof = errors.New("proof refused")

// unproved is an error with errProof in it, but not in its text.
type unproved struct{ error }

// Is finds errProof.
func (unproved) Is(target error) bool { return target == errProof }

// Unwrap gives the error as the caller is to see it.
func (u unproved) Unwrap() error { return u.error }

// deniedProof is the error of an answer that does not know us.
func deniedProof(desc string) error {
	return unproved{&Rejected{Code: CodeWrongSecret, Desc: clean(desc)}}
}

// hubPayload reads the member data.
func (e *envelope) hubPayload(s *scanner, data func(*scanner) error) error {
	c, err := s.next()
	if err != nil {
		return err
	}
	if c != '{' {
		e.payload = true
		return data(s)
	}
	return s.object(func(name string) error {
		switch strings.ToLower(name) {
		case "data", "content":
			e.payload = true
			return data(s)
		}
		return e.hubMember(name, s)
	})
}

// hubMember reads a member of the envelope, or one of the axis's within data.
func (e *envelope) hubMember(name string, s *scanner) error {
	switch strings.ToLower(name) {
	case "code", "message", "description", "error", "error_description",
		"token", "accesstoken", "access_token", "expiresin", "expires_in":
		v, err := s.bounded()
		text, _ := v.(string)
		e.hub.set(strings.ToLower(name), strings.TrimSpace(text))
		return err
	case "fault": // of an API manager
		if c, err := s.next(); err != nil || c != '{' {
			return or(err, s.pass())
		}
		return s.object(func(name string) error { return e.hubMember(name, s) })
	case "errordetail":
		v, err := s.bounded()
		e.hub.say(exception(v))
		return err
	}
	return e.member(name, s)
}

func (w *hubWords) set(name, text string) {
	switch name {
	case "code":
		w.code = strings.TrimSuffix(text, ".0")
	case "token", "accesstoken", "access_token":
		w.token = text
	case "expiresin", "expires_in":
		w.life = text
	case "error":
		w.oauth = text
		w.say(text)
	default:
		w.say(text)
	}
}

// say adds to the text for people.
func (w *hubWords) say(text string) {
	if text != "" {
		w.message = strings.TrimPrefix(w.message+": "+text, ": ")
	}
}

// exception is the first text in an errorDetail: [{"exception":"..."}].
func exception(v any) string {
	list, _ := v.([]any)
	if len(list) > 0 {
		v = list[0]
	}
	if m, ok := v.(map[string]any); ok {
		v = m["exception"]
	}
	text, _ := v.(string)
	return text
}

// judgeHub tells what an answer means. All that it says must agree on success.
func (e *envelope) judgeHub(httpStatus int) error {
	desc := e.desc
	if desc == "" {
		desc = e.hub.message
	}
	class, word := classOf(httpStatus), hubClass(e.hub.code, desc)
	switch {
	case httpStatus == http.StatusUnauthorized, errors.Is(word, errProof):
		return deniedProof(desc)
	case e.code != "" && e.code != "0":
		return reject(e.code, desc)
	case strings.EqualFold(e.status, "FAIL"), strings.EqualFold(e.status, "ERROR"):
		return or(word, reject(or0(e.code), desc))
	case class != nil && (httpStatus >= 500 || word == nil):
		return class
	case word != nil:
		return word
	case e.hub.code == "" && !e.enveloped:
		return malformed("none of code, status and errorCode")
	case e.hub.code == "" && e.code == "" && !strings.EqualFold(e.status, "OK") && !strings.EqualFold(e.status, "SUCCESS"):
		return malformed("status %.20q", e.status)
	}
	return nil
}

// hubClass is what a hub's code means; nil for success and for none.
func hubClass(code, desc string) error {
	n, err := strconv.Atoi(code)
	switch {
	case code == "", strings.EqualFold(code, "OK"), strings.EqualFold(code, "SUCCESS"):
		return nil
	case err != nil:
		return &Rejected{Code: clean(code), Desc: clean(desc)}
	case n == 0, n >= 200 && n < 300:
		return nil
	case n == http.StatusUnauthorized, n > 900900 && n <= 900904: // the latter an API manager's, of tokens
		return deniedProof(desc)
	case n == http.StatusForbidden, n >= 900900 && n < 901000:
		return &Rejected{Code: CodeWrongSecret, Desc: clean(desc)}
	case n >= 500 && n < 600, n == http.StatusRequestTimeout, n == http.StatusTooManyRequests, n >= 900800 && n < 900900:
		return fmt.Errorf("%w: code %d: %s", ErrBusy, n, clean(desc))
	}
	return &Rejected{Code: clean(code), Desc: clean(desc)}
}
