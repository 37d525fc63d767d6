package document

import (
	"errors"
	"fmt"
	"strings"
)

// ErrReference is the class of a malformed number and notation.
var ErrReference = errors.New("malformed document reference")

// Reference is the number and notation (số, ký hiệu) of a document. Number is
// text: "01", "12a" and stranger ones occur.
type Reference struct {
	Number   string `json:"number"`
	Notation string `json:"notation"`
}

// String joins the two as on paper: "15/QĐ-UBND". A notation that already
// starts with the number, as some senders write it, is not doubled.
func (r Reference) String() string {
	switch {
	case r.Number == "":
		return r.Notation
	case r.Notation == "":
		return r.Number
	case strings.HasPrefix(r.Notation, r.Number+"/"):
		return r.Notation
	}
	return r.Number + "/" + r.Notation
}

// IsZero tells that there is neither number nor notation.
func (r Reference) IsZero() bool { return r == Reference{} }

// ParseReference splits "15/QĐ-UBND" or "02/2026/NQ-HĐND" at the first slash.
func ParseReference(s string) (Reference, error) {
	number, notation, ok := strings.Cut(strings.TrimSpace(s), "/")
	number, notation = strings.TrimSpace(number), strings.TrimSpace(notation)
	if !ok || number == "" || notation == "" {
		return Reference{}, fmt.Errorf("%w: %.80q", ErrReference, s)
	}
	return Reference{Number: number, Notation: notation}, nil
}

// FormatNumber writes a register number as the decree wants it: a zero stands
// before numbers below 10 (Annex I II.3).
func FormatNumber(n int) string { return fmt.Sprintf("%02d", n) }

// Notation builds the symbol of a new document (Annex I II.3): a typed
// document is "QĐ-UBND", an official letter "UBND-VP" with the drafting unit.
func Notation(t Type, issuer, unit string) string {
	if t.Abbr != "" {
		return t.Abbr + "-" + issuer
	}
	if unit == "" {
		return issuer
	}
	return issuer + "-" + unit
}

// Ref names a document across bodies.
type Ref struct {
	Organ     Code      `json:"organ"`
	Reference Reference `json:"reference"`
	Date      Date      `json:"date"`
	ID        string    `json:"id"`
}

// NewID is the document identifier on the axis (QCVN 102):
// "000.00.00.G22,2015/09/30,7816/VPCP-TTĐT".
func NewID(organ Code, d Date, ref Reference) string {
	return string(organ) + "," + d.Axis() + "," + ref.String()
}
