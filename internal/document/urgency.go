package document

import (
	"strconv"
	"strings"
)

// Urgency is the degree of urgency (độ khẩn, Decree 30 Annex I III.2b), with
// the numbers of QCVN 102's Priority.
type Urgency int

// The degrees. ExpressTimed (hỏa tốc hẹn giờ) is older than the decree and is
// read, not offered.
const (
	Normal Urgency = iota
	Urgent
	VeryUrgent
	Express
	ExpressTimed
)

func urgencyNames() [5]string {
	return [5]string{"Thường", "Khẩn", "Thượng khẩn", "Hỏa tốc", "Hỏa tốc hẹn giờ"}
}

// String is the Vietnamese name; an unknown value reads as "Thường".
func (u Urgency) String() string {
	names := urgencyNames()
	if u < 0 || int(u) >= len(names) {
		return names[0]
	}
	return names[u]
}

// ParseUrgency reads a name or a QCVN 102 number.
func ParseUrgency(s string) (Urgency, bool) {
	s = strings.TrimSpace(s)
	names := urgencyNames()
	if n, err := strconv.Atoi(s); err == nil && n >= 0 && n < len(names) {
		return Urgency(n), true
	}
	for i, name := range names {
		if strings.EqualFold(s, name) {
			return Urgency(i), true
		}
	}
	return Normal, false
}
