// Package viet is Vietnamese text as a clerk types, reads and seeks it.
//
// It is pure: no I/O, no clock, no state outside the values a caller owns.
//
//   - [NFC] is the one stored form of text; the bytes of a signed original are never touched.
//   - [Fold] is the key of an accent-insensitive search. It is for search only: stored
//     text is never "corrected" (administrative texts mix "hòa" and "hoà").
//   - [Clean] stands between text we did not write and a screen, a log line or a message.
//   - [Engine] is Telex and VNI typing, one word at a time.
//
// Start reading at engine.go, then telex.go and vni.go, which only say what a key
// means, and syllable.go, which knows what a Vietnamese syllable may look like.
package viet
