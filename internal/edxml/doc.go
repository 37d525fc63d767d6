// Package edxml reads and writes the packets of the national document axis:
// edXML of QCVN 102:2016/BTTTT (amended by SĐ1:2022).
//
// A packet is either a Document (a document with its files) or a Status (what
// became of a document at a receiver). Writing is strict: one prefixed form,
// one order of elements, the same bytes for the same values, because the
// receivers' parsers agree on nothing else. Reading is tolerant: by namespace
// and local name in any order, with every oddity met in the field, because a
// document must not be lost to a sender's bug; what was bent is told in
// Packet.Warnings, in Vietnamese, for the clerk.
//
// Of a Document there are four kinds: new, recall, update, replacement
// (business.go). Check refuses what makes none of them, before the first byte;
// what is only longer than the standard allows is written whole and told by
// Warnings. For every x that Check lets pass, reading what was written gives x,
// as far as its texts are trimmed and XML can hold their characters.
//
// Every packet is hostile until read. Split (split.go) takes it apart in
// constant memory: the contents of the attachments go decoded to files, what
// is left, a few kilobytes, goes to encoding/xml. There is no DTD, no entity,
// no unbounded depth, name or size. The XML signature of the envelope is
// ignored: the axis reprints packets and breaks it; the signatures that count
// lie inside the attached PDFs.
//
// The package knows no network, clock or store; it touches only the folder of
// ReadOptions.Dir.
//
// Start reading at document.go and status.go, then read.go and write.go.
package edxml
