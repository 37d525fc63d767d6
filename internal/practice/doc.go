// Package practice is the little world of `vanthu demo`: a practice office
// with its keys, and four living neighbours (a province, one of its
// departments, two communes) on a real axis simulator over real HTTP.
//
// Set up once (Prepare) and kept in the home: the practice certificate
// authority, one leader's and one agency's key, pictures of signature and
// seal, drafts to send, and the neighbours' own keys and memory. Open then
// starts the axis and the neighbours; each neighbour is a system of its own
// and knows the office only by what comes over the wire.
//
// Nothing in here may be taken for real: every name, certificate and picture
// says "thực hành".
//
// Start reading at world.go (who is there), then open.go and neighbour.go.
package practice
