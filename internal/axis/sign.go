package axis

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vanthu/internal/document"
)

const prefix = "XroadVnpt-"

// What the SDK says of itself on every request; the axis may look at it.
const (
	sdkVersion = "3.0.201608"
	sdkAgent   = "JAVASDKAgent/1.0.0 XRoad/VPCP"
)

// sign puts the parameters and their signature into h (axis.md §1.2). Names are
// assigned to the map directly: http.Header.Set would change "docId" to "Docid",
// and whether the axis minds is unknown. Content-Type, which is signed too, must
// stand in h already.
func (c *Client) sign(h http.Header, params []param) error {
	signed := append([]param{{"systemid", c.config.System}}, params...)
	signed = append(signed,
		param{"timestamp", timestamp(c.config.Clock())},
		param{"Content-Type", h.Get("Content-Type")})
	names := make([]string, len(signed))
	for i, p := range signed {
		if !sendable(p.value) {
			return fmt.Errorf("%w: %s is %.40q", ErrValue, p.key, p.value)
		}
		h[prefix+p.key] = []string{p.value}
		names[i] = p.key
	}
	object := signHeader(signed)
	mac := hmac.New(sha256.New, c.config.Secret)
	mac.Write([]byte(object))
	h[prefix+"sign-header-key"] = []string{strings.Join(names, ";")}
	h[prefix+"sign-header"] = []string{object}
	h[prefix+"hash-header"] = []string{hex.EncodeToString(mac.Sum(nil))}
	h[prefix+"version"] = []string{sdkVersion}
	h["User-Agent"] = []string{sdkAgent}
	return nil
}

// signHeader is the signed object in Gson's compact form: no HTML escapes, the
// members in the order given. The HMAC covers these very bytes.
func signHeader(signed []param) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	text := func(s string) {
		e.Encode(s)             // a string always encodes
		b.Truncate(b.Len() - 1) // Encode ends with a line feed
	}
	for i, p := range signed {
		b.WriteByte(map[bool]byte{true: '{', false: ','}[i == 0])
		text(prefix + p.key)
		b.WriteByte(':')
		text(p.value)
	}
	b.WriteByte('}')
	return b.String()
}

// timestamp is "21112026T162726+0661": Vietnamese time and, after the plus, the
// millisecond in four digits, which is no zone.
func timestamp(t time.Time) string {
	t = t.In(document.Zone())
	return fmt.Sprintf("%s+%04d", t.Format("02012006T150405"), t.Nanosecond()/1_000_000)
}

// sendable tells that a value survives as a header: printable ASCII.
func sendable(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
