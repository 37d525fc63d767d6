// Package exchange is what the courier runs: it joins the axis client to the
// incoming and the outgoing desk. It knows how packets travel and nothing of
// what the clerk does with them.
//
// The types: Exchange polls the axis and handles the five kinds of jobs
// (fetch, ack, send, status, agencies); Directory is the axis's list of
// agencies, kept in the store; Axis is what is needed of the client.
//
// Invariants:
//   - Every handler may run twice and be killed at any instruction. A copy is
//     acknowledged only by a job that was queued in the transaction that made
//     it durable; a send that may have reached the axis is looked for in the
//     axis's list of sent packets before it is repeated.
//   - One send carries all recipients; only when the axis refuses one of them
//     is it split.
//   - Errors leave as one of the courier's classes.
//
// Start reading at exchange.go, then fetch.go and send.go.
package exchange
