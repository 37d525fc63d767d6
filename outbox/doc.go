// Package outbox is the outgoing desk (văn bản đi): drafts with their PDF, the
// leader's signature, number and date, the agency's signature, issue, and what
// became of the document at every recipient.
//
// The nouns are Document (one outgoing document), Draft (what the clerk types),
// Delivery (one recipient), Line (ten columns of the outgoing register, Decree
// 30/2020 Annex IV.I), Feedback (one status received) and Desk, which holds
// the verbs. The desk owns the interfaces of what it needs from outside: Press
// looks at PDFs, Key signs them, Directory knows agencies.
//
// Invariants:
//   - The order of Decree 30 Art. 13–18: leader's signature, number and date,
//     agency's signature, issue. The state table has no other way through.
//   - A number once given is never reused; after numbering a document can only
//     be voided, with a reason, and its register line stays.
//   - Signing happens outside the transaction; what it made is kept only if
//     the document and its file are still what was signed.
//   - The bytes of a packet are fixed once, in the act that issues it, with
//     one send job for all recipients.
//   - Nothing marked as a state secret is kept or sent.
//
// Start reading at state.go.
package outbox
