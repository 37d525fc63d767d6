package axissim

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// The tokens of the hubs hold what they mean and are sealed with a key made of
// the system's secret. So they outlive the process, as those of a real hub do,
// and nothing has to be kept.

// claims are what a token says (RFC 7519).
type claims struct {
	System  string `json:"sub"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
}

// mint makes a token: of three parts for ModeREST, where clients read the
// moment it expires, of one otherwise.
func (a *Axis) mint(r *http.Request, system string) string {
	now := a.now(r)
	body, err := json.Marshal(claims{system, now.Unix(), now.Add(a.options.TokenLife).Unix()})
	if err != nil {
		panic(err) // a struct of a text and two numbers
	}
	text := base64.RawURLEncoding.EncodeToString(body)
	if a.options.Mode == ModeREST {
		text = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + text
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(a.seal(system, text))
}

func (a *Axis) seal(system, text string) []byte {
	key := hmac.New(sha256.New, a.secrets[system])
	key.Write([]byte("token"))
	mac := hmac.New(sha256.New, key.Sum(nil))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// bearer tells whose token a request brings.
func (a *Axis) bearer(r *http.Request) (system, reason string) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", "no token"
	}
	at := strings.LastIndexByte(token, '.')
	if at < 0 {
		return "", "no token of ours"
	}
	text := token[:at]
	body, err := base64.RawURLEncoding.DecodeString(text[strings.LastIndexByte(text, '.')+1:])
	var c claims
	if err != nil || json.Unmarshal(body, &c) != nil || a.secrets[c.System] == nil {
		return "", "no token of ours"
	}
	sum, err := base64.RawURLEncoding.DecodeString(token[at+1:])
	if err != nil || !hmac.Equal(sum, a.seal(c.System, text)) {
		return "", "forged token"
	}
	if now := a.now(r); now.Unix() >= c.Expires || time.Unix(c.Issued, 0).After(now.Add(a.options.TokenLife)) {
		return "", "token not of this time"
	}
	return c.System, ""
}

// knows tells whether a system has that secret.
func (a *Axis) knows(system, secret string) bool {
	own, known := a.secrets[system]
	return known && subtle.ConstantTimeCompare(own, []byte(secret)) == 1
}
