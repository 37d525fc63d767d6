package axis

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Life of a token that does not tell, and the longest one believed.
const (
	usualLife = 25 * time.Minute
	maxLife   = 24 * time.Hour
)

// token is a hub's word that it knows us.
type token struct {
	text        string
	from, until time.Time // when we asked for it; when we shall ask for the next
}

// good tells whether a token is worth using. A clock that was set back past its
// beginning makes it doubtful too.
func (t token) good(now time.Time) bool {
	return t.text != "" && now.Before(t.until) && !now.Before(t.from.Add(-time.Hour))
}

// tokens keeps a token, and gets the next one for everybody at once.
type tokens struct {
	login func(ctx context.Context) (token, error)
	now   func() time.Time
	turn  chan struct{} // holds one: who may log in

	mu   sync.Mutex
	kept token
	past string // the last one that was refused
}

func newTokens(now func() time.Time, login func(context.Context) (token, error)) *tokens {
	return &tokens{login: login, now: now, turn: make(chan struct{}, 1)}
}

// get is a token that should be taken, a new one when there is none.
func (t *tokens) get(ctx context.Context) (string, error) {
	if kept := t.keep(); kept.good(t.now()) {
		return kept.text, nil
	}
	select {
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	if kept := t.keep(); kept.good(t.now()) { // somebody else got it meanwhile
		return kept.text, nil
	}
	fresh, err := t.login(ctx)
	if err != nil {
		return "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = fresh
	return fresh.text, nil
}

func (t *tokens) keep() token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept
}

// refuse drops a token that was not taken, unless it has been replaced already.
// It is true: there is a better one to be had.
func (t *tokens) refuse(text string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept.text == text {
		t.kept, t.past = token{}, text
	}
	return true
}

// tokenLife is how long a token got now will be taken: as its JWT says, else as
// the answer says in seconds, else the usual. A token that seems to be over
// already is kept for the usual time: then the clocks disagree, and the hub says
// itself when it has had enough.
func tokenLife(text, seconds string, now time.Time) time.Duration {
	life, ok := jwtLife(text, now)
	if !ok {
		n, err := strconv.ParseFloat(seconds, 64)
		if err != nil || n != n || n > maxLife.Seconds() {
			n = min(usualLife, maxLife).Seconds()
		}
		life = time.Duration(n * float64(time.Second))
	}
	if life <= 0 {
		life = usualLife
	}
	return min(life, maxLife)
}

// jwtLife reads the claims of a JWT, unverified: it is only asked when to come
// again. The time between iat and exp needs no common clock.
func jwtLife(text string, now time.Time) (time.Duration, bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return 0, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return 0, false
	}
	var claims map[string]any
	if json.Unmarshal(raw, &claims) != nil {
		return 0, false
	}
	exp, ok := seconds(claims["exp"])
	if !ok {
		return 0, false
	}
	from := float64(now.Unix())
	if iat, ok := seconds(claims["iat"]); ok && iat < exp {
		from = iat
	}
	return time.Duration(min(max(exp-from, 0), maxLife.Seconds()) * float64(time.Second)), true
}

// seconds reads a moment of a JWT, which some write as text.
func seconds(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, v > 0
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil && n > 0
	}
	return 0, false
}
