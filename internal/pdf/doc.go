// Package pdf reads a PDF as objects and revisions and appends new revisions
// to it, leaving every byte that was there untouched.
//
// It is a mechanism of package signer: signing needs a writer that never
// re-serialises what it did not change, verifying needs a parser that says
// where every byte of a value stands. It does not draw pages; that is
// internal/pdf/page.
//
// The types:
//
//   - [File] is an opened document: trailer, objects, pages, form fields.
//   - [Object] is a value: nil, bool, [Integer], [Real], [String], [Name],
//     [Array], [*Dict], [*Stream] or [Ref].
//   - [Revision] is a prefix of the file that was once the whole file.
//   - [Update] collects new and changed objects and writes them as one more
//     revision.
//
// Invariants: input is hostile. Depth, number of objects, chain length,
// inflated size and total work are limited (limits.go); nothing panics and
// nothing loops. A damaged file is refused ([ErrDamaged]), never repaired: a
// repaired file is another document than the one that was shown. A dictionary
// entry keeps its raw bytes ([Entry.Raw]) and their offset, so a value that is
// carried over is carried over byte for byte.
//
// A File is not safe for concurrent use.
//
// Start reading at file.go (Open, Object), then xref.go, then update.go.
package pdf
