package office

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// Axis is the address of the exchange and how to speak with it.
type Axis struct {
	URL string `toml:"url" comment:"để trống: cơ quan chưa nối trục"` // empty: this office exchanges nothing
	// Protocol is what the other side speaks: "" or "sdk" the national axis,
	// "rest" or "oauth2" a provincial hub (axis.md §5.3 a, b).
	Protocol     string `toml:"protocol" comment:"sdk: trục quốc gia; rest hoặc oauth2: trục của tỉnh"`
	System       string `toml:"system"`        // the system's identifier on the axis
	SecretFile   string `toml:"secret_file"`   // relative paths start at the home
	PollMinutes  int    `toml:"poll_minutes"`  // minutes between two looks at the axis; 0 = DefaultPoll
	HashUnpadded bool   `toml:"hash_unpadded"` // print the file hash as the SDK does (axis.md §1.4)
	TrailingCRLF bool   `toml:"trailing_crlf"` // end a packet with CR LF as the SDK does

	// Roots is a PEM file of root certificates trusted for the axis instead of
	// the system's own ones. Relative paths start at the home.
	Roots string `toml:"roots" comment:"tệp PEM: chỉ tin chứng thư gốc trong tệp này khi nối với trục; để trống: theo máy"`
	// ClientCert and ClientKey are PEM files the axis may ask for; both or none.
	ClientCert string `toml:"client_cert" comment:"tệp PEM: chứng thư và khóa của máy này, khi trục đòi; khóa không bao giờ được in ra"`
	ClientKey  string `toml:"client_key"`
	Proxy      string `toml:"proxy" comment:"máy chủ trung gian, ví dụ http://10.0.0.1:3128; để trống: theo máy"` // http:// or https://
	// AllowPlain permits http://: everything then travels unencrypted.
	AllowPlain bool `toml:"allow_plain" comment:"true: cho phép http:// không mã hóa, chỉ trong mạng kín"`
	// Probe is whether to ask the server once a day what it offers beyond the
	// SDK (resumable transfers, compression); nil is yes.
	Probe *bool `toml:"probe,omitempty" comment:"false: không hỏi máy chủ có truyền tiếp, nén hay không"`
}

// DefaultPoll is how often the axis is asked when the settings do not say.
const DefaultPoll = 5 * time.Minute

// Poll is the time between two looks at the axis.
func (a Axis) Poll() time.Duration {
	if a.PollMinutes <= 0 {
		return DefaultPoll
	}
	return time.Duration(a.PollMinutes) * time.Minute
}

// Probes tells whether the server may be asked what it offers.
func (a Axis) Probes() bool { return a.Probe == nil || *a.Probe }

// Plain tells whether what is exchanged travels unencrypted.
func (a Axis) Plain() bool {
	u, err := url.Parse(a.URL)
	return err == nil && strings.EqualFold(u.Scheme, "http")
}

// Closed tells whether the address lies on this machine or in a private
// network by its number (RFC 1918, RFC 4193): nothing sent there crosses the
// Internet. A name says nothing of the kind, but for localhost.
func (a Axis) Closed() bool {
	u, err := url.Parse(a.URL)
	if err != nil {
		return false
	}
	host := u.Hostname()
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast())
}
