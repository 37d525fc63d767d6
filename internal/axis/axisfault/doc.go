// Package axisfault makes an axis misbehave on demand: what gateways, proxies
// and bad lines do to the answers of a real one. It serves the tests and
// `vanthu axis serve --fault`.
//
// A Fault is a decorator of an http.Handler, one per kind of trouble. A Rule
// says which requests meet it and how often, and has a text form ("cut:2000@getEdoc*3")
// for flags and for the admin call. A Board stands before a handler and applies
// its rules, which may change while it serves.
//
// Invariant: a fault spoils, it never invents. What the handler behind has not
// said or done is not made up, but for refusals and pages.
//
// Start reading at fault.go (a link's troubles), answer.go (an answer's) and
// board.go.
package axisfault
