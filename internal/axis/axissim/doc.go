// Package axissim is the national document axis in small: an http.Handler that
// speaks the protocol of the SDK (reference: axis.md §1) well enough that the
// SDK's own requests, byte for byte, are answered as the SDK demands. It serves
// the practice office, the demo and the tests; nobody else's documents ever
// pass through it.
//
// An Axis knows systems (with their secrets) and agencies (owned by systems).
// A packet sent becomes one copy per recipient, each with a docId of its own,
// listed for the recipient's system until that acknowledges it. State lies in
// Options.Dir: packets as files, everything else in an append-only log. What an
// answer has confirmed survives kill -9. One process at a time holds the folder.
//
// One axis speaks one of three protocols (Mode): that of the SDK, or of one of
// two kinds of provincial hub, REST with a JWT or OAuth2 (axis.md §5.3 a, b). A
// speech translates; packets, copies, statuses and directory are the same, and a
// folder may be served in one mode after another. What a hub's reference leaves
// open stands at the answers in rest.go and oauth.go.
//
// With Options.Offers it can more than the SDK's server: packets from any byte
// with a strong ETag, compressed both ways, and in pieces with tus. An upload
// lies in uploads/ for a day; sent twice to the same recipients it is the same
// packet.
//
// Decisions where nobody knows what the real axis does: one unknown recipient
// refuses the whole packet (18), and so does one that is locked (23); getEdoc
// sets "processing", but not in ModeOAuth2; the same POST twice is two packets
// with docIds of their own, as a JDK that repeats itself may cause; time stamps
// are checked only when Options.MaxAge says so; getSynchronizeUnit takes a
// parameter unitVersion for what is newer. With Options.Reprint recipients get
// packets as the real axis prints them anew (reprint.go); without, as sent. The
// sender always gets its own bytes back.
//
// It misbehaves on demand, as gateways, proxies and bad lines do: a Fault is a
// decorator of the handler, one per kind of trouble, a Rule says which requests
// meet it and how often, a Board applies rules that may change meanwhile. A
// fault spoils, it never invents: but for refusals and pages, nothing is made up
// that the axis has not said.
//
// The answers are written here, not with the client's code, so that client and
// simulator cannot agree on the same mistake.
//
// Start reading at axis.go, then handler.go, speech.go and accept.go; for the
// troubles at fault.go.
package axissim
