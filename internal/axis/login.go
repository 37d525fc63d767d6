package axis

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// maxLogin bounds the answer to a login, maxToken what of it becomes a header.
const (
	maxLogin = 1 << 20
	maxToken = 16 << 10
)

// login makes the request that gets a token. Its errors never leave open
// whether the call it stands before has happened.
func (h *hub) login(ctx context.Context, o order) (token, error) {
	asked := h.config.Clock()
	req, err := o.request(ctx)
	if err != nil {
		return token{}, err
	}
	resp, err := h.trip(req)
	if err != nil {
		return token{}, beforehand(err)
	}
	defer resp.Body.Close()
	var t token
	err = settle(resp, func(r reply) error {
		var err error
		t, err = h.readToken(r, asked)
		return err
	})
	return t, beforehand(err)
}

// readToken finds the token in an answer: data.token, accessToken or
// access_token, the same beside data, or data itself.
func (h *hub) readToken(r reply, asked time.Time) (token, error) {
	bare := ""
	e, err := scanHub(r, maxLogin, func(s *scanner) error {
		v, err := s.bounded()
		bare, _ = v.(string)
		return err
	})
	if err != nil {
		return token{}, err
	}
	if e.hub.token == "" {
		e.hub.token = strings.TrimSpace(bare)
	}
	if err := e.judgeLogin(r.status); err != nil {
		return token{}, err
	}
	skew, _ := h.Skew()
	life := tokenLife(e.hub.token, e.hub.life, asked.Add(skew))
	return token{text: e.hub.token, from: asked, until: asked.Add(life - min(life/5, time.Minute))}, nil
}

// judgeLogin tells what the answer to a login means. An OAuth2 server wraps
// nothing round its token.
func (e *envelope) judgeLogin(httpStatus int) error {
	judged := e.judgeHub(httpStatus)
	success := classOf(httpStatus) == nil
	switch {
	case e.hub.oauth != "" && httpStatus >= 400 && httpStatus < 500 && httpStatus != http.StatusTooManyRequests:
		return deniedProof(e.hub.message)
	case success && judged != nil && e.hub.token != "" && e.hub.code == "" && e.code == "" && e.status == "":
	case judged != nil:
		return judged
	}
	if e.hub.token == "" || len(e.hub.token) > maxToken || !sendable(e.hub.token) || strings.Contains(e.hub.token, " ") {
		return malformed("no token")
	}
	return nil
}

// beforehand renames the errors of a login for the call it stands before. A
// refusal, whatever its code, means that the hub does not know us.
func beforehand(err error) error {
	var no *Rejected
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return fmt.Errorf("log in: %w", &Rejected{Code: CodeWrongSecret, Desc: no.Desc})
	case errors.Is(err, ErrUnanswered):
		return fmt.Errorf("log in: %w: no answer", ErrOffline)
	case errors.Is(err, errProof):
		return fmt.Errorf("log in: %w", malformed("HTTP 401"))
	}
	return fmt.Errorf("log in: %w", err)
}
