// Package axis is the client of the national document axis, spoken to as its
// SDK does (reference: axis.md §1) or through a provincial hub (§5.3 a and b).
// It moves packets and acknowledgements and knows nothing of what is in them.
//
// A Client asks for what waits (Received), takes it (Fetch, Download), confirms
// it (Acknowledge, only after the packet lies durably on our disk: "done" hides
// it for good), sends (Send), asks what became of it (Sent) and reads the
// directory (EachAgency, EachUnit). A hub has fewer operations; the others are
// ErrUnsupported. A list is one HTTP request; a packet that is brought or sent
// may take several. There is no queue in here: the courier decides about trying
// again by the class of the error (errors.go).
//
// Between a call and the wire stand four things: a call is translated to an
// order (method, URL, body) by the dialect of Config.Protocol, proved (signed,
// or given a token) anew for every request, sent under a watchdog, and its
// answer read and judged by the dialect again.
//
// Packets resume and go compressed where the axis offers it; what is offered is
// asked once a day (offer.go, download.go, upload.go, turn.go). The way to the
// wire, with its rate and its certificates, is package line.
//
// Unlike the SDK, the client believes neither the HTTP status nor the body
// alone, never takes garbage for an empty list, signs a fresh time stamp with
// every request, moves packets and lists in constant memory, ends every wait,
// and keeps secrets out of errors even when a server quotes them.
//
// Start reading at client.go and call.go, then dialect.go, sdk.go and sign.go
// (what is signed), hub.go, rest.go and oauth.go (the hubs), and answer.go (what
// is believed).
package axis
