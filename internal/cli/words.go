package cli

import (
	"fmt"

	"vanthu/internal/document"
)

// day is a date on the command line: 21/11/2026, 2026-11-21 or 2026/11/21.
type day struct{ document.Date }

// UnmarshalText reads a date.
func (d *day) UnmarshalText(b []byte) error {
	date, err := document.ParseDate(string(b))
	if err != nil {
		return fmt.Errorf("ngày viết như 21/11/2026, không phải %q", b)
	}
	d.Date = date
	return nil
}

// urgency is an urgency on the command line: its name or its number.
type urgency struct{ document.Urgency }

// UnmarshalText reads an urgency.
func (u *urgency) UnmarshalText(b []byte) error {
	found, ok := document.ParseUrgency(string(b))
	if !ok {
		return fmt.Errorf("độ khẩn là Thường, Khẩn, Thượng khẩn hoặc Hỏa tốc, không phải %q", b)
	}
	u.Urgency = found
	return nil
}
