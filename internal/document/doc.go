// Package document holds the words that the incoming and the outgoing side of
// the desk share: agencies and their codes, document types, references, dates,
// urgency, statuses, and the refusal a clerk can read.
//
// It is pure: no clock, network or store. Names follow the glossary of the
// field; limits and lists follow Decree 30/2020/NĐ-CP and QCVN 102:2016/BTTTT.
//
// Start reading at ref.go (what names a document) and problem.go (how an
// error speaks to the clerk).
package document
