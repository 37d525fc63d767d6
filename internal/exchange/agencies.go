package exchange

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/store"
)

const (
	// directoryRow is about what one entry of the directory costs on the line, in
	// bytes; the nation's is 30 MB, so everything else goes first.
	directoryRow = 250
	// wholeEvery is how often the whole list is fetched although the axis gives
	// changes: old codes stand only in it, and changes may get lost.
	wholeEvery = 7
	// askUnitsEvery is how often an axis is asked again for a list of changes that
	// it did not have.
	askUnitsEvery = 30 * 24 * time.Hour
)

// lunch is when the line is quiet on a working day, in hours and minutes: the
// directory waits for it, each office for its own minute of the hour, because a
// province full of offices asks one axis.
const (
	lunchHour   = 11
	lunchMinute = 30
	lunchSpan   = 60 // minutes
)

// queueAgencies queues a refresh of the directory once a day, in the quiet hour.
// The first one, without which nobody can be addressed, does not wait, nor does
// one that was missed for two days.
func (e *Exchange) queueAgencies() error {
	at, count, err := e.Directory.Age()
	if err != nil || !e.stale(at, e.Clock()) {
		return err
	}
	j := store.Job{ID: "agencies", Kind: "agencies", Urgency: int(document.Normal), Size: int64(count) * directoryRow}
	_, err = e.queue([]store.Job{j})
	return err
}

// stale tells whether a directory of a time is to be brought up to date now.
func (e *Exchange) stale(at, now time.Time) bool {
	switch {
	case at.IsZero(), now.Sub(at) > 2*24*time.Hour:
		return true
	case document.DateOf(at) == document.DateOf(now):
		return false
	}
	return !now.Before(e.quietHour(now))
}

// quietHour is our minute of the day's quiet hour.
func (e *Exchange) quietHour(now time.Time) time.Time {
	h := fnv.New32a()
	h.Write([]byte(e.Inbox.Agency.Code))
	today := now.In(document.Zone())
	return time.Date(today.Year(), today.Month(), today.Day(), lunchHour, lunchMinute+int(h.Sum32()%lunchSpan), 0, 0, document.Zone())
}

// agencies brings the directory up to date: by the axis's list of changes where
// it has one, else, and once a week, by the whole list.
func (e *Exchange) agencies(ctx context.Context, _ store.Job, progress func(done, total int64)) error {
	s, err := e.Directory.sheet()
	if err != nil {
		return err
	}
	count := rows{total: s.Count, report: progress}
	changes := e.wantsChanges(s)
	if changes {
		err := e.Directory.takeUnits(ctx, func(since int64, take func(axis.Unit) error) error {
			return e.Axis.EachUnit(ctx, since, counted(&count, take))
		})
		if err == nil || !hasNone(err) {
			return inAgencies(err)
		}
	}
	err = e.wholeList(ctx, &count)
	if err == nil && changes { // only now: a page in the way would have met the whole list too
		err = e.Directory.withoutUnits()
	}
	return inAgencies(err)
}

// wholeList replaces the directory by the axis's.
func (e *Exchange) wholeList(ctx context.Context, count *rows) error {
	return e.Directory.takeList(ctx, func(take func(axis.Agency) error) error {
		return e.Axis.EachAgency(ctx, counted(count, take))
	}, func(take func(axis.Agency) error) error {
		return forgiven(e.Axis.EachAgencyQD20(ctx, take))
	}, true)
}

// wantsChanges tells whether to ask for changes only. The very first list is
// always the whole one.
func (e *Exchange) wantsChanges(s sheet) bool {
	now := e.Clock()
	switch {
	case s.Count == 0, !s.NoUnits.IsZero() && now.Sub(s.NoUnits) < askUnitsEvery:
		return false
	}
	return document.DateOf(now).Before(s.Listed.AddDays(wholeEvery))
}

// hasNone tells whether an error means that the axis does not offer what it was
// asked for, rather than that it could not answer now.
func hasNone(err error) bool {
	var refused *axis.Rejected
	return errors.Is(err, errNoChanges) || errors.Is(err, axis.ErrUnsupported) || errors.Is(err, axis.ErrMalformed) ||
		errors.As(err, &refused) && refused.Code != axis.CodeWrongSecret
}

// forgiven is an error about a list that may be missing.
func forgiven(err error) error {
	if err != nil && hasNone(err) {
		return nil
	}
	return err
}

func inAgencies(err error) error {
	switch {
	case errors.Is(err, ErrShrunken):
		return fmt.Errorf("%w: agencies: %w", courier.ErrNeedsClerk, err)
	case err != nil:
		return fmt.Errorf("agencies: %w", err)
	}
	return nil
}

// rows counts the rows of a list on its way in.
type rows struct {
	n, total int
	report   func(done, total int64)
}

// counted passes rows on and reports how many, as bytes, at borders of about
// 32 KB.
func counted[T any](c *rows, take func(T) error) func(T) error {
	return func(row T) error {
		if c.n++; c.n%(32<<10/directoryRow) == 0 {
			c.report(int64(c.n)*directoryRow, int64(max(c.n, c.total))*directoryRow)
		}
		return take(row)
	}
}
