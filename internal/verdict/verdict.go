// Package verdict holds the answer to "is this signed document what was
// signed?": the words shared by the verifier, the incoming desk and the screen,
// and the JSON of `vanthu verify`. It is pure data.
package verdict

import "time"

// Verdict is the outcome of checking a signature or a document.
type Verdict string

// The verdicts. Nothing is ever Valid that was not checked: without fresh
// revocation data the best verdict is ValidOffline.
const (
	Valid                 Verdict = "valid"
	ValidOffline          Verdict = "valid-offline"
	ExpiredValidAtSigning Verdict = "expired-valid-at-signing"
	NotEnoughData         Verdict = "not-enough-data"
	Invalid               Verdict = "invalid"
	Unsigned              Verdict = "unsigned"
)

// Name is the verdict in words for the clerk.
func (v Verdict) Name() string {
	switch v {
	case Valid:
		return "Hợp lệ"
	case ValidOffline:
		return "Hợp lệ, chưa kiểm tra thu hồi chứng thư"
	case ExpiredValidAtSigning:
		return "Hợp lệ lúc ký, chứng thư nay đã hết hạn"
	case NotEnoughData:
		return "Chưa đủ dữ liệu để kết luận"
	case Invalid:
		return "Không hợp lệ"
	case Unsigned:
		return "Không có chữ ký số"
	}
	return "Chưa kiểm tra"
}

// Roles of a signature on an issued document (Decree 30 Art. 5.1): the
// authorised person, then the agency.
const (
	Person    = "person"
	AgencyOf  = "agency"
	Timestamp = "timestamp"
)

// What a signature covers.
const (
	Whole    = "whole"    // the file as it is, to its last byte
	Revision = "revision" // a whole earlier revision; something was added after
	Partial  = "partial"  // neither
)

// Report is the answer for one file.
type Report struct {
	Document   Verdict     `json:"document"`
	Signatures []Signature `json:"signatures"`
}

// Signature is the answer for one signature. Reasons are stable code words.
// ClaimedTime is what the file says; ProvenTime comes from a time stamp that
// was checked. ChangesAfter names what later revisions added.
type Signature struct {
	Field        string        `json:"field"`
	Role         string        `json:"role"`
	Verdict      Verdict       `json:"verdict"`
	Reasons      []string      `json:"reasons"`
	Signer       Signer        `json:"signer"`
	ClaimedTime  *time.Time    `json:"claimedTime"`
	ProvenTime   *time.Time    `json:"provenTime"`
	Covers       string        `json:"covers"`
	ChangesAfter []string      `json:"changesAfter"`
	Chain        []Certificate `json:"chain"`
	Revocation   *Revocation   `json:"revocation"`
}

// Signer is who signed, as the certificate says.
type Signer struct {
	Name         string    `json:"name"`
	Organization string    `json:"organization"`
	Email        string    `json:"email,omitempty"`
	Serial       string    `json:"serial"`
	Issuer       string    `json:"issuer"`
	NotBefore    time.Time `json:"notBefore"`
	NotAfter     time.Time `json:"notAfter"`
}

// Certificate is one link of the chain, signer first.
type Certificate struct {
	Subject string `json:"subject"`
	Issuer  string `json:"issuer"`
	Serial  string `json:"serial"`
	SHA256  string `json:"sha256"`
}

// Revocation says whether and with what the certificate was checked for
// revocation; nil or Checked false means it was not.
type Revocation struct {
	Checked bool       `json:"checked"`
	Source  string     `json:"source,omitempty"`
	Time    *time.Time `json:"time,omitempty"`
}
