package courier

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"vanthu/store"
)

func TestQuietHours(t *testing.T) {
	at := func(hour, minute int) time.Time {
		return time.Date(2026, 11, 21, hour, minute, 30, 0, time.FixedZone("ICT", 7*3600))
	}
	for _, c := range []struct {
		quiet Quiet
		now   time.Time
		want  bool
		turns string
	}{
		{Quiet{}, at(3, 0), false, ""},
		{Quiet{From: 22 * 60, To: 5 * 60}, at(21, 59), false, "21T22:00"},
		{Quiet{From: 22 * 60, To: 5 * 60}, at(22, 0), true, "22T05:00"},
		{Quiet{From: 22 * 60, To: 5 * 60}, at(0, 0), true, "21T05:00"},
		{Quiet{From: 22 * 60, To: 5 * 60}, at(5, 0), false, "21T22:00"},
		{Quiet{From: 12 * 60, To: 13*60 + 30}, at(13, 29), true, "21T13:30"},
		{Quiet{From: 12 * 60, To: 13*60 + 30}, at(13, 30), false, "22T12:00"},
		{Quiet{From: 0, To: 24 * 60}, at(23, 59), true, "22T00:00"},
	} {
		quiet, turns := c.quiet.at(c.now)
		text := ""
		if !turns.IsZero() {
			text = turns.Format("02T15:04")
		}
		if quiet != c.want || text != c.turns {
			t.Errorf("%v at %s: %v until %s, want %v until %s", c.quiet, c.now, quiet, text, c.want, c.turns)
		}
	}
}

// nights are quiet hours from 22:00 to 5:00; a bubble begins at midnight.
func nights(o *Options) { o.Quiet = Quiet{From: 22 * 60, To: 5 * 60} }

// TestQuietHoursHoldBackEverydayDocuments until they end; polls are rare.
func TestQuietHoursHoldBackEverydayDocuments(t *testing.T) {
	inWorld(t, nights, func(t *testing.T, w *world) {
		w.queue(doc("everyday", 1), doc("urgent", 1, as(1)), doc("answer", 1, kind("ack")))
		w.sleep(time.Hour)
		w.want("urgent", "answer")
		s := w.State()
		if s.Why != WhyQuiet || !s.Until.Equal(time.Date(2000, 1, 1, 5, 0, 0, 0, time.UTC)) || s.Waiting != 1 || s.Paused {
			t.Errorf("%+v", s)
		}
		if sum, err := w.Drain(t.Context()); err != nil || sum.Done != 0 || sum.Waiting != 1 {
			t.Errorf("%+v %v", sum, err)
		}
		w.sleep(4*time.Hour + time.Minute)
		w.want("urgent", "answer", "everyday")
		if s := w.State(); s.Why != "" || !s.Until.IsZero() {
			t.Errorf("%+v", s)
		}
	})
}

// TestQuietHoursBegin in the middle of things: what can go on later stops at the
// border of a chunk, what cannot is let finish.
func TestQuietHoursBegin(t *testing.T) {
	inWorld(t, nights, func(t *testing.T, w *world) {
		w.set(func() { w.lanesNow = 2 })
		w.sleep(22*time.Hour - time.Minute)
		w.queue(doc("send", 100), doc("list", 100, kind("agencies")))
		w.sleep(time.Minute + chunkTime + time.Second)
		if got := ids(w.rides()); len(got) != 1 || got[0] != "list" {
			t.Errorf("running %v", got)
		}
		w.sleep(6 * time.Hour)
		w.want("list")
		w.sleep(2 * time.Hour)
		w.want("list", "send")
		if w.traffic != 200*chunk {
			t.Errorf("%d chunks", w.traffic/chunk)
		}
	})
}

// TestSendNow sets aside the present quiet hours and all waiting, but neither the
// next night nor the budget.
func TestSendNow(t *testing.T) {
	inWorld(t, func(o *Options) { nights(o); o.Budget = 5*chunk + 1 }, func(t *testing.T, w *world) {
		w.outcomes["busy"] = []error{ErrBusy, nil}
		w.queue(doc("busy", 1, as(1)), doc("everyday", 2))
		w.sleep(6 * time.Second)
		w.want("busy")
		if err := w.SendNow(); err != nil {
			t.Fatal(err)
		}
		w.sleep(20 * time.Second)
		w.want("busy", "busy", "everyday")
		w.queue(doc("more", 1), doc("too much", 100))
		w.sleep(time.Minute)
		w.want("busy", "busy", "everyday", "more")
		if s := w.State(); s.Why != WhyBudget || s.Spent < s.Budget || s.Spent > s.Budget+2*chunk || s.Lifted {
			t.Errorf("%+v", s)
		}
		if err := w.SendNow(); err != nil {
			t.Fatal(err)
		}
		w.sleep(time.Minute)
		if s := w.State(); s.Why != WhyBudget || len(s.Running) != 0 {
			t.Errorf("%+v", s)
		}
		w.sleep(22 * time.Hour)
		if s := w.State(); s.Why != WhyBudget {
			t.Errorf("%+v", s)
		}
		w.sleep(2 * time.Hour)
		if s := w.State(); s.Why != WhyQuiet {
			t.Errorf("the next night: %+v", s)
		}
	})
}

// TestBudget: when it is used up only what is urgent runs, over restarts, until
// midnight or until it is lifted, which is for that day only.
func TestBudget(t *testing.T) {
	inWorld(t, func(o *Options) { o.Budget = 20 * chunk }, func(t *testing.T, w *world) {
		w.sleep(12 * time.Hour)
		w.queue(doc("long", 100), doc("answer", 1, kind("status"), func(j *store.Job) { j.Created = w.now().Add(-time.Minute) }))
		w.sleep(10 * time.Minute)
		if s := w.State(); s.Why != WhyBudget || !s.Until.Equal(time.Date(2000, 1, 2, 0, 0, 0, 0, time.UTC)) || len(s.Running) != 0 || s.Spent < 20*chunk || s.Spent > 21*chunk {
			t.Errorf("%+v", s)
		}
		w.kill()
		w.queue(doc("express", 2, as(1)), doc("another answer", 1, kind("ack")))
		w.sleep(time.Hour)
		w.want("answer", "express")
		if s := w.State(); s.Why != WhyBudget || s.Spent < 21*chunk || s.Spent > 23*chunk {
			t.Errorf("after a restart: %+v", s)
		}
		if err := w.LiftBudget(); err != nil {
			t.Fatal(err)
		}
		w.kill()
		w.sleep(10 * time.Minute)
		w.want("answer", "express", "another answer", "long")
		if s := w.State(); s.Why != "" || !s.Lifted {
			t.Errorf("lifted: %+v", s)
		}
		w.sleep(12 * time.Hour)
		if s := w.State(); s.Spent != 0 || s.Lifted {
			t.Errorf("the next day: %+v", s)
		}
	})
}

// TestLedgerOverMidnights: a clock that goes back and forth neither grants nor
// takes bytes; a new meter begins anew.
func TestLedgerOverMidnights(t *testing.T) {
	var l ledger
	at := func(day int) time.Time { return time.Date(2026, 11, day, 23, 0, 0, 0, time.UTC) }
	l.spend(100, at(21))
	l.spend(150, at(22))
	l.spend(160, at(21))
	l.spend(40, at(22))
	a := *l.today(at(21))
	if b := *l.today(at(22)); a.Bytes != 110 || b.Bytes != 90 {
		t.Errorf("%+v and %+v", a, b)
	}
	for d := 1; d < 20; d++ {
		l.today(at(d)).Lifted = true
	}
	if len(l.days) != daysKept || l.today(at(21)).Bytes != 0 || l.today(at(19)).Lifted != true {
		t.Errorf("%+v", l.days)
	}
}

// TestClockIsSet to anything at any time: nothing stalls and nothing storms.
func TestClockIsSet(t *testing.T) {
	day := 24 * time.Hour
	for _, set := range []time.Duration{-5 * time.Hour, 5 * time.Hour, -day, day, -400 * day, 400 * day} {
		for _, back := range []bool{false, true} {
			t.Run(fmt.Sprint(set, back), func(t *testing.T) {
				inWorld(t, func(o *Options) { o.MaxTries = 100 }, func(t *testing.T, w *world) {
					w.set(func() { w.down = true })
					w.Wake()
					w.sleep(time.Hour) // the next look at the link is minutes away
					w.set(func() { w.offset = set })
					w.set(func() { w.down = false })
					w.outcomes["busy"] = slices.Repeat([]error{ErrBusy}, 9)
					w.queue(doc("busy", 1), doc("send", 20))
					w.sleep(30 * time.Minute) // now busy is half an hour away
					if back {
						w.set(func() { w.offset = 0 })
					}
					w.queue(doc("later", 1))
					w.sleep(2 * time.Hour)
					if left := w.jobs(); len(left) != 0 {
						t.Errorf("left: %+v", left)
					}
					w.set(func() { w.polls = 0 })
					for i := range 24 {
						w.set(func() { w.offset = set * time.Duration(i%2) })
						w.sleep(time.Hour)
					}
					if w.polls < 24*12-24 || w.polls > 24*12+24*2 {
						t.Errorf("%d polls in a day", w.polls)
					}
				})
			})
		}
	}
}

// TestDateLine: the PC changes its zone, and with it the day, while a budget and
// quiet hours hold.
func TestDateLine(t *testing.T) {
	var zone atomic.Pointer[time.Location]
	zone.Store(time.UTC)
	change := func(o *Options) {
		nights(o)
		o.Budget = 10 * chunk
		clock := o.Clock
		o.Clock = func() time.Time { return clock().In(zone.Load()) }
	}
	inWorld(t, change, func(t *testing.T, w *world) {
		w.sleep(12 * time.Hour)
		w.queue(doc("a", 100))
		for i := range 48 {
			w.sleep(10 * time.Minute)
			hours := []int{-12, 14}[i%2]
			zone.Store(time.FixedZone("", hours*3600))
		}
		if moved := w.traffic / chunk; moved > 35 { // three local days were seen
			t.Errorf("%d chunks moved", moved)
		}
		w.sleep(10 * 24 * time.Hour)
		w.want("a")
	})
}
