package document

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrDate is the class of a date that cannot be read or does not exist.
var ErrDate = errors.New("malformed date")

// Zone is the time of Vietnam, +07:00, in which every date of the desk counts.
func Zone() *time.Location { return time.FixedZone("+07:00", 7*60*60) }

// Date is a civil day in Vietnam. The zero Date means "none"; its text is "".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf is the day in Vietnam at the moment t.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Zone()).Date()
	return Date{y, m, d}
}

// ParseDate reads the forms met in packets and typed by clerks: yyyy/MM/dd,
// yyyy-MM-dd, dd/MM/yyyy and dd-MM-yyyy, with or without leading zeros. A day
// that does not exist ("2014/02/30") is of class ErrDate, never moved.
func ParseDate(s string) (Date, error) {
	text := strings.TrimSpace(s)
	for _, layout := range []string{"2006/1/2", "2006-1-2", "2/1/2006", "2-1-2006"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return Date{t.Year(), t.Month(), t.Day()}, nil
		}
	}
	return Date{}, fmt.Errorf("%w: %.40q", ErrDate, s)
}

// IsZero tells that no date is given.
func (d Date) IsZero() bool { return d == Date{} }

// Time is the first moment of the day in Vietnam.
func (d Date) Time() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Zone())
}

// AddDays is the day n days later.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// Compare is -1, 0 or +1 as d is before, at or after e.
func (d Date) Compare(e Date) int { return strings.Compare(d.sortable(), e.sortable()) }

// Before tells whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After tells whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

func (d Date) sortable() string { return d.format("%04d-%02d-%02d", d.Year, int(d.Month), d.Day) }

func (d Date) format(layout string, a ...any) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf(layout, a...)
}

// String is the date as clerks write it: "05/03/2026".
func (d Date) String() string { return d.format("%02d/%02d/%04d", d.Day, int(d.Month), d.Year) }

// ISO is the date as "2026-03-05"; it sorts.
func (d Date) ISO() string { return d.sortable() }

// Axis is the date as packets write it: "2026/03/05".
func (d Date) Axis() string { return d.format("%04d/%02d/%02d", d.Year, int(d.Month), d.Day) }

// DayText is the day with a zero before 1 to 9 (Decree 30 Annex I II.4b).
func (d Date) DayText() string { return d.format("%02d", d.Day) }

// MonthText is the month with a zero before 1 and 2 only (Annex I II.4b).
func (d Date) MonthText() string {
	if d.Month <= time.February {
		return d.format("%02d", int(d.Month))
	}
	return d.format("%d", int(d.Month))
}

// Words is the date in the decree's words: "ngày 05 tháng 3 năm 2020".
func (d Date) Words() string {
	return d.format("ngày %s tháng %s năm %d", d.DayText(), d.MonthText(), d.Year)
}

// MarshalText writes the ISO form, "" for none.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.ISO()), nil }

// UnmarshalText reads any form ParseDate knows; "" is none.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
