// Package tsa asks a time-stamp service for tokens (RFC 3161 over HTTP, its
// section 3.4). It makes sure that an answer answers its question: the same
// imprint, the same nonce, a token and not a refusal. Whether the authority may be
// believed is for whoever knows the trusted roots (package signer).
//
// Start reading at client.go.
package tsa
