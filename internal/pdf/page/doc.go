// Package page shows pages of a PDF as people see them: the words with their
// places, a picture, the places where signing writes. It runs pdfium as
// WebAssembly, so that a hostile file stays in a sandbox without files, network
// or clock; memory and time are limited (limits.go), and each file gets a
// fresh instance that is thrown away afterwards.
//
// The types:
//
//   - [Reader] owns the sandbox: nothing is loaded before the first use, and
//     it is let go again when idle.
//   - [Page] is one page with its [Word]s in shown-page space: the crop box
//     after rotation, origin lower left, points.
//   - document.Layout, found by [Reader.Layout]: where number, date, signature
//     and seal go (Decree 30/2020 Annex I).
//
// Invariants: no input makes it panic, hang or print; text is NFC; every box
// lies on its page. A page this package cannot read is an error of class
// [ErrUnreadable], [ErrEncrypted] or [ErrLimit], never an empty page.
//
// Start reading at reader.go, then text.go, then layout.go.
package page
