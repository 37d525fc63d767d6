package axissim

import "errors"

// Mode is the protocol an axis speaks. The packets, copies, statuses and the
// directory behind it are the same in all of them: a folder can be served in one
// mode after another.
type Mode string

// The modes.
const (
	ModeSDK    Mode = "sdk"    // the SDK's own protocol (axis.md §1)
	ModeREST   Mode = "rest"   // a provincial hub with JWT (axis.md §5.3 a)
	ModeOAuth2 Mode = "oauth2" // a provincial hub behind WSO2 (axis.md §5.3 b)
)

// ErrMode: no such mode.
var ErrMode = errors.New("unknown mode of the axis")

// Modes tells all modes.
func Modes() []Mode { return []Mode{ModeSDK, ModeREST, ModeOAuth2} }

// Offers are what a server may have beyond a plain SDK server. The zero value
// offers nothing. What is offered is told by OPTIONS on the operation that
// sends.
type Offers struct {
	Range       bool // downloads from an offset, with a strong ETag
	Compression bool // zstd and gzip, of answers and of request bodies (RFC 7694)
	Tus         bool // resumable uploads, tus 1.0
}

// oauthBase is the path of the operations in mode "oauth2", after whatever the
// endpoint's path is.
const oauthBase = "/truclienthong/v1.0.0"
