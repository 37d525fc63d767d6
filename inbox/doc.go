// Package inbox is the incoming desk (văn bản đến): it receives packets, keeps
// what arrived byte for byte, gives the arrival number, follows a document to
// the person who handles it, and answers the sender with statuses 01 to 06.
//
// The nouns are Document (one arrived document), Metadata (what is known about
// it: as received, and as the clerk registered it), Line (ten columns of the
// incoming register, Decree 30/2020 Annex IV.VI) and Desk, which holds the
// verbs. Every verb is one act: record, register line, status packet, job and
// journal entry are one transaction of the store, or nothing happens.
//
// Invariants:
//   - Received metadata never changes; the clerk edits Entry.Meta, an overlay.
//   - An arrival number is given once, in order, and never taken back. A
//     refused document takes none.
//   - Dates of register lines never go backwards.
//   - At most one status packet per (document, code), its bytes fixed in the
//     act that queued it; codes go forward only, none follows 02.
//   - Of a document marked as a state secret nothing is kept but a stub that
//     names it.
//
// Start reading at state.go.
package inbox
