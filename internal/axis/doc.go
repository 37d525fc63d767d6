// Package axis is the client of the national document axis: the HTTP protocol
// of its SDK (reference: axis.md §1). It moves packets and acknowledgements and
// knows nothing of what is in them.
//
// A Client asks for what waits (Received), takes it (Fetch), confirms it
// (Acknowledge, only after the packet lies durably on our disk: "done" hides it
// for good), sends (Send), asks what became of it (Sent) and reads the
// directory (Agencies). Every call is one HTTP request; there is no retry, no
// queue and no state in here: the courier decides about that by the class of
// the error (errors.go).
//
// Unlike the SDK, the client believes neither the HTTP status nor the body
// alone, never takes garbage for an empty list, signs a fresh time stamp with
// every request, moves packets in constant memory, and ends every wait.
//
// Start reading at client.go, then sign.go (what is signed) and answer.go (what
// is believed).
package axis
