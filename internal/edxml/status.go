package edxml

import (
	"strings"
	"time"

	"vanthu/internal/document"
)

// Status is a packet that reports on a document (axis.md §3.5). For.Organ is
// who must receive the report: the sender of the original, or for Retract the
// receiver. Unknown codes are kept as they are.
type Status struct {
	From        document.Agency
	For         document.Ref
	Staff       document.Staff
	Code        document.Status
	Description string
	Time        time.Time // zero when TimeRaw cannot be read
	TimeRaw     string    // Timestamp as it stands; ignored when writing
	ForRaw      string    // the PromulgationDate of For as it stands; written when For.Date is zero
}

// timeLayout is the Timestamp of QCVN 102, Vietnamese time without a zone.
const timeLayout = "2006/01/02 15:04:05"

// parseTime reads the timestamps met in the field; those without a zone are
// Vietnamese time.
func parseTime(s string) (time.Time, bool) {
	layouts := []string{
		"2006/1/2 15:04:05", "2006-1-2 15:04:05", "2/1/2006 15:04:05",
		time.RFC3339, "2006-01-02T15:04:05", "2006/1/2 15:04",
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), document.Zone()); err == nil {
			return t.In(document.Zone()), true
		}
	}
	if d, err := document.ParseDate(s); err == nil {
		return d.Time(), true
	}
	return time.Time{}, false
}
