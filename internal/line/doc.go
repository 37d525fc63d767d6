// Package line is everything between HTTP and the wire on the way to an axis:
// connecting, TLS with private roots and client certificates, proxies, the rate
// cap, counting, and the look at how the line fares. It knows HTTP, nothing of
// an axis.
//
// A Line makes one http.Transport; all its connections share one rate and one
// count, both taken below TLS, so that they are what a metered link bills.
// Decorators (Logged, Retried) are http.RoundTrippers around a transport.
//
// What a line does by itself: bbr where the system has it, little waiting unsent,
// fresh connections beside one that does not come about, and, once connections
// break on a slow line, little held in receive buffers.
//
// Invariants: plain http passes only where Options say so; no secret (proxy
// password, key, header value) is ever in an error, a log entry or a print; no
// packet is held in memory; HTTP/1.1 only, because one congestion window for
// all streams falls to half the link on the lines this is for (performance.md
// §3).
//
// Start reading at line.go, then conn.go, dial.go and narrow.go.
package line
