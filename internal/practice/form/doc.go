// Package form writes administrative documents as PDF in the form of Decree
// 30/2020/NĐ-CP, Annex I and III: what an office's word processor would hand
// to the clerk. The demo, the tests and the practice neighbours need such
// files; real offices bring their own.
//
// A Form is plain values; Write lays it out. A form without number and date
// leaves the blanks that package page finds and signing fills ("Số:      /QĐ-UBND",
// "ngày      tháng      năm 2026").
//
// Invariants: the same Form gives the same bytes; all text is extractable in
// NFC; fonts are embedded (Liberation Serif, the metric twin of Times New
// Roman); nothing is silently dropped: a character without a glyph is an error.
//
// Start reading at Write; head.go, body.go and foot.go are the page from top
// to bottom, sheet.go is the pen.
package form
