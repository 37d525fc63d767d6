// Package ca is the certificate authority of the practice office: it issues
// certificates that look like the real ones and prove nothing.
//
// A CA lives in a folder (ca.key.pem, root.pem), made once by Make and found
// again by Open. Issue writes a person's or an agency's key and certificate
// as a PKCS#12 file for signer.OpenSoft; WriteRoot puts the root into a trust
// folder. Every certificate it signs says "thực hành" in its issuer, and the
// root may not be trusted outside a practice home.
//
// Start reading at ca.go.
package ca
