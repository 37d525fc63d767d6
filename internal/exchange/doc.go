// Package exchange is what the courier runs: it joins the axis client to the
// incoming and the outgoing desk. It knows how packets travel and nothing of
// what the clerk does with them.
//
// The types: Exchange polls the axis and handles the six kinds of jobs
// (fetch, ack, send, status, agencies, stamp); Directory is the axis's list of
// agencies, old and new codes, bodies that ended: two blobs of the store, made
// anew from sorted runs (directory_build.go) and searched in place
// (directory_search.go); Axis is what is needed of the client.
//
// Invariants:
//   - Every handler may run twice and be killed at any instruction. A copy is
//     acknowledged only by a job that was queued in the transaction that made
//     it durable; a send that may have reached the axis is looked for in the
//     axis's list of sent packets before it is repeated.
//   - One send carries all recipients; only when the axis refuses one of them
//     is it split.
//   - A directory that broke off, was refused or lost half of its bodies replaces
//     nothing.
//   - Errors leave as one of the courier's classes.
//
// Start reading at exchange.go, then fetch.go and send.go. What an office does
// behind every kind of fault stands in matrix_test.go and axistest/matrix.go
// (go test -v prints the table).
package exchange
