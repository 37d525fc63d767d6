package inbox

import (
	"time"

	"vanthu/internal/document"
)

// WeekdayWork is the default calendar: Monday to Friday. Holidays and swapped
// days are the office's data.
func WeekdayWork(day document.Date) bool {
	w := day.Time().Weekday()
	return w != time.Saturday && w != time.Sunday
}

// maxHolidays bounds the search for the next working day; Tết with the
// weekends around it is far shorter.
const maxHolidays = 60

func (d *Desk) nextWorkday(day document.Date) document.Date {
	workday := d.Workday
	if workday == nil {
		workday = WeekdayWork
	}
	for range maxHolidays {
		day = day.AddDays(1)
		if workday(day) {
			return day
		}
	}
	return day
}

// RegisterBy is the last day to register a document: the day it came, at the
// latest the next working day; an urgent one has no such grace (Decree 30 Art.
// 4.2c, 22).
func (d *Desk) RegisterBy(doc Document) document.Date {
	arrived := documentDay(doc.Origin)
	if doc.Meta().Urgency > document.Normal {
		return arrived
	}
	return d.nextWorkday(arrived)
}
