package axissim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"vanthu/internal/document"
)

const prefix = "Xroadvnpt-" // as net/http folds XroadVnpt-

// param is the value of XroadVnpt-<key>, whatever the case of the key.
func param(r *http.Request, key string) string {
	if all := params(r, key); len(all) > 0 {
		return all[0]
	}
	return ""
}

// params are all values: docId and docid both arrive from one careless client.
func params(r *http.Request, key string) []string {
	return r.Header.Values("XroadVnpt-" + key)
}

// authenticate finds who signed a request; reason says why nobody did. The HMAC
// covers the sign-header as received: its order is that of a Java HashMap and
// must not be rebuilt (axis.md §1.2).
func (a *Axis) authenticate(r *http.Request) (system, reason string) {
	system = param(r, "systemid")
	secret, known := a.secrets[system]
	object := param(r, "sign-header")
	if !known || object == "" {
		return "", "no such system or no signature"
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(object))
	got, err := hex.DecodeString(param(r, "hash-header"))
	if err != nil || !hmac.Equal(got, mac.Sum(nil)) {
		return "", "signature does not match"
	}
	var signed map[string]string
	if err := json.Unmarshal([]byte(object), &signed); err != nil {
		return "", "sign-header is no object of texts"
	}
	if name := unsigned(r.Header, signed); name != "" {
		return "", name + " is not the signed one"
	}
	if a.tooOld(r, param(r, "timestamp")) {
		return "", "timestamp too old"
	}
	return system, ""
}

// unsigned names a header that the signature does not cover, or a signed one
// that was not sent so. Of folded headers any value may match.
func unsigned(h http.Header, signed map[string]string) string {
	covered := map[string]bool{}
	for name, value := range signed {
		key := http.CanonicalHeaderKey(name)
		covered[key] = true
		if !slices.Contains(h.Values(key), value) {
			return name
		}
	}
	for name := range h {
		if strings.HasPrefix(name, prefix) && !covered[name] && !neverSigned(strings.TrimPrefix(name, prefix)) {
			return name
		}
	}
	return ""
}

func neverSigned(key string) bool {
	switch strings.ToLower(key) {
	case "hash-header", "sign-header", "sign-header-key", "version":
		return true
	}
	return false
}

// tooOld checks a timestamp like 21112026T162726+0661, the digits after the plus
// being milliseconds.
func (a *Axis) tooOld(r *http.Request, stamp string) bool {
	tolerance := a.tolerance(r)
	if tolerance == 0 {
		return false
	}
	day, _, _ := strings.Cut(stamp, "+")
	t, err := time.ParseInLocation("02012006T150405", day, document.Zone())
	return err != nil || a.now(r).Sub(t).Abs() > tolerance
}
