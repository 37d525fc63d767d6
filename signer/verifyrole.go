package signer

import (
	"crypto/x509"
	"strings"

	"vanthu/internal/verdict"

	"golang.org/x/text/unicode/norm"
)

// roleOf tells whether a person or an agency signed (Decree 30/2020 Art. 5.1
// wants both). The certificate decides, since a field's name is whatever the
// file says:
//
//  1. An identity number (UID or serialNumber "CMND:", "CCCD:", "HC:"), a given
//     name, surname or title in the subject: a person.
//  2. A tax or budget number ("MST:", "MNS:") alone, or a common name that
//     repeats the organisation or begins as names of agencies do: the agency.
//  3. An organisation that differs from the common name: a person of it.
//
// Only when the subject says none of this does the field we made for the
// agency count.
func roleOf(field string, cert *x509.Certificate) string {
	switch {
	case personal(cert):
		return verdict.Person
	case institutional(cert):
		return verdict.AgencyOf
	case field == FieldAgency:
		return verdict.AgencyOf
	case len(cert.Subject.Organization) > 0 && cert.Subject.CommonName != "":
		return verdict.Person
	}
	return ""
}

// personal looks for what only a person has.
func personal(cert *x509.Certificate) bool {
	for _, oid := range []string{"2.5.4.42", "2.5.4.4", "2.5.4.12"} { // given name, surname, title
		if subjectValue(cert, oid) != "" {
			return true
		}
	}
	return hasNumber(cert, "CMND:", "CCCD:", "HC:", "CMTND:")
}

// institutional looks for what only an institution has.
func institutional(cert *x509.Certificate) bool {
	if hasNumber(cert, "MST:", "MNS:") {
		return true
	}
	name := foldName(cert.Subject.CommonName)
	if name == "" {
		return false
	}
	for _, list := range [][]string{cert.Subject.Organization, cert.Subject.OrganizationalUnit} {
		for _, o := range list {
			if foldName(o) == name {
				return true
			}
		}
	}
	for _, start := range agencyWords() {
		if strings.HasPrefix(name, start+" ") {
			return true
		}
	}
	return false
}

// hasNumber looks for identity numbers with one of the prefixes.
func hasNumber(cert *x509.Certificate, prefixes ...string) bool {
	for _, oid := range []string{"0.9.2342.19200300.100.1.1", "2.5.4.5"} { // UID, serialNumber
		for _, v := range subjectValues(cert, oid) {
			for _, p := range prefixes {
				if strings.HasPrefix(strings.ToUpper(v), p) {
					return true
				}
			}
		}
	}
	return false
}

// agencyWords begin the names of agencies and organisations and no person's.
func agencyWords() []string {
	return []string{
		"ủy ban", "uỷ ban", "ubnd", "hội đồng", "hđnd", "văn phòng", "cổng thông tin", "chính phủ", "quốc hội",
		"bộ", "sở", "cục", "tổng cục", "chi cục", "vụ", "phòng", "ban", "trung tâm", "trường", "viện",
		"bệnh viện", "trạm", "công an", "tòa án", "viện kiểm sát", "kho bạc", "bảo hiểm", "thuế", "hải quan",
		"đảng ủy", "tỉnh ủy", "thành ủy", "huyện ủy", "mặt trận", "liên đoàn", "công ty", "tổng công ty",
		"ngân hàng", "hợp tác xã", "quỹ", "thanh tra", "ban quản lý",
	}
}

// foldName writes a name in one Unicode form, lower case, single blanks.
func foldName(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), " ")
}
