package courier

import (
	"fmt"
	"slices"
	"time"

	"vanthu/store"
)

const ledgerKey = "courier/traffic"

// ledger counts the bytes moved by local days. It keeps the last few days it has
// seen, so that a clock set back and forth over midnight neither grants a new
// budget nor takes one away. Guarded by Courier.mu.
type ledger struct {
	days  []day // the present one first
	meter int64 // Options.Traffic when it was last read
	dirty int64 // bytes not yet written to the store
	saved time.Time
}

// day is one day's account, as it is kept in the store.
type day struct {
	Date   string `json:"date"` // 2026-11-21
	Bytes  int64  `json:"bytes"`
	Lifted bool   `json:"lifted,omitempty"` // the clerk lets it pass the budget
}

const (
	daysKept = 3
	// How many bytes a kill may forget: a hundredth of the budget within these.
	slackLeast = 64 << 10
	slackMost  = 1 << 20
)

// today is the account of the present day, made when there is none.
func (l *ledger) today(now time.Time) *day {
	date := now.Format(time.DateOnly)
	if len(l.days) > 0 && l.days[0].Date == date {
		return &l.days[0]
	}
	present := day{Date: date}
	if i := slices.IndexFunc(l.days, func(d day) bool { return d.Date == date }); i >= 0 {
		present = l.days[i]
		l.days = slices.Delete(l.days, i, i+1)
	}
	l.days = slices.Insert(l.days, 0, present)
	l.days = l.days[:min(len(l.days), daysKept)]
	return &l.days[0]
}

// spend reads the meter. One that went back is a new one.
func (l *ledger) spend(meter int64, now time.Time) {
	moved := meter - l.meter
	if moved < 0 {
		moved = meter
	}
	l.meter = meter
	if moved > 0 {
		l.today(now).Bytes += moved
		l.dirty += moved
	}
}

// spend brings the account up to date; Courier.mu is held.
func (c *Courier) spend(now time.Time) {
	if c.o.Traffic != nil {
		c.ledger.spend(c.o.Traffic(), now)
	}
}

// overBudget tells whether today's bytes are used up; Courier.mu is held.
func (c *Courier) overBudget(now time.Time) bool {
	if c.o.Budget <= 0 || c.o.Traffic == nil {
		return false
	}
	c.spend(now)
	today := c.ledger.today(now)
	return !today.Lifted && today.Bytes >= c.o.Budget
}

// LiftBudget lets jobs run for the rest of the local day although its bytes are
// used up, also over restarts.
func (c *Courier) LiftBudget() error {
	c.mu.Lock()
	c.ledger.today(c.o.Clock()).Lifted = true
	c.mu.Unlock()
	signal(c.kick)
	c.tell()
	if err := c.keepLedger(); err != nil {
		return fmt.Errorf("lift budget: %w", err)
	}
	return nil
}

// keepLedger writes the account.
func (c *Courier) keepLedger() error {
	c.mu.Lock()
	days := slices.Clone(c.ledger.days)
	unsaved := c.ledger.dirty
	c.ledger.dirty, c.ledger.saved = 0, c.o.Clock()
	c.mu.Unlock()
	err := c.o.Store.Maintain(func(tx *store.Tx) error { return tx.SetValue(ledgerKey, days) })
	if err != nil {
		c.mu.Lock()
		c.ledger.dirty += unsaved
		c.mu.Unlock()
	}
	return err
}

// ledgerDue tells whether the account is worth a commit: by bytes, now and then,
// and when the courier stops.
func (c *Courier) ledgerDue(leaving bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, now := &c.ledger, c.o.Clock()
	c.spend(now)
	switch {
	case l.dirty == 0:
		return false
	case leaving || elapsed(l.saved, now, keepEvery):
		return true
	case c.o.Budget > 0:
		return l.dirty >= min(max(c.o.Budget/100, slackLeast), slackMost)
	}
	return l.dirty >= slackMost && elapsed(l.saved, now, saveEvery)
}
