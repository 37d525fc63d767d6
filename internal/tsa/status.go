package tsa

import (
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// readStatus reads PKIStatusInfo's status (RFC 3161 §2.4.2), which decides
// whether there is a token to look for.
func readStatus(answer []byte) (int, error) {
	in := cryptobyte.String(answer)
	var body, info cryptobyte.String
	var status int
	if !in.ReadASN1(&body, asn1.SEQUENCE) || !body.ReadASN1(&info, asn1.SEQUENCE) || !info.ReadASN1Integer(&status) {
		return 0, fmt.Errorf("%w: not a time-stamp answer", ErrWrongAnswer)
	}
	return status, nil
}
