// Package signer holds keys, signs PDFs and checks signed PDFs.
//
// Three parts in one package, because they share the words of a signature:
//
//   - Keys: [Key] is a private key on a PKCS#11 token or, for practice, in a
//     file; it never leaves its device (key.go, token*.go, soft.go).
//   - Making signatures: [Inspect] tells whether a file may be signed,
//     [Approve] puts the leader's signature on it, [Seal] fills number and date
//     and puts the agency's signature on it (approve.go, seal.go).
//   - Checking signatures: [Verify] reports on every signature of a file
//     (verify.go).
//
// How a document is signed (Decree 30/2020 Art. 13–17): the leader signs a
// document that has no number yet, the clerk gives number and date, the agency
// signs. The second step must not hurt the first signature, so the places for
// number, date and seal are made as empty form fields before the leader signs,
// and sealing only fills them:
//
//	original bytes
//	+ revision 1   read-only text fields, the empty agency field      prepare_fields.go
//	+ revision 2   the leader's signature                            prepare_road.go
//	+ revision 3   fields filled, the agency's signature             seal.go
//
// Invariants: every revision begins with the exact bytes of the one before. A
// key is asked exactly once per signature, after the finished file has been
// read anew and compared with what was there (prepare_check.go), by a second
// parser too (prepare_second.go). Signatures are PAdES baseline B: detached
// CAdES, SHA-256, the claimed time only in /M (cms.go, prepare.go). Which road
// writes what is a rule in prepare_road.go. The own writer reads a file where it
// lies and never holds it whole (prepare_grown.go): [ApproveFile] and [SealFile]
// sign 50 MB in about 35 MB of memory, [Approve] and [Seal] are for files in
// memory. Which files are signed and which are refused is listed in
// testdata/matrix.md, which the tests check.
//
// Start reading at approve.go.
package signer
