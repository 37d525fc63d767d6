package courier

import (
	"fmt"
	"math"
	"testing"
	"time"

	"vanthu/store"
)

// about tells whether a figure is within a tenth of another.
func about(got, want float64) bool { return math.Abs(got-want) <= want/10 }

// TestWeather: what is left, how fast it goes and how long it will take.
func TestWeather(t *testing.T) {
	const speed = chunk / 4.0
	inWorld(t, nil, func(t *testing.T, w *world) {
		if s := w.State(); s.Rate != 0 || s.Left != 0 || s.ETA != 0 {
			t.Errorf("at first %+v", s)
		}
		w.sleep(time.Second)
		w.queue(doc("a", 60), doc("b", 40), doc("held", 7, func(j *store.Job) { j.State = store.Held }))
		w.sleep(2 * time.Second)
		if s := w.State(); s.Left != 100*chunk {
			t.Errorf("%d left", s.Left)
		}
		w.sleep(2 * time.Minute)
		s := w.State()
		if left := 100*chunk - float64(w.traffic); float64(s.Left) != left || !about(s.Rate, speed) || !about(s.ETA.Seconds(), left/speed) {
			t.Errorf("on the way %+v", s)
		}
		if s.Spent != w.traffic || s.Budget != 0 {
			t.Errorf("%d bytes spent, %d moved", s.Spent, w.traffic)
		}
		w.SetLink(false)
		w.sleep(time.Second)
		if s := w.State(); s.ETA != 0 || s.Left != 100*chunk-w.traffic || !about(s.Rate, speed) {
			t.Errorf("without a link %+v", s)
		}
		w.SetLink(true)
		w.set(func() { w.lanesNow = 2 })
		w.sleep(3 * time.Minute)
		if s := w.State(); len(s.Running) != 0 && !about(s.Rate, 2*speed) {
			t.Errorf("with two lanes %+v", s)
		}
		w.sleep(time.Hour)
		if s := w.State(); s.Left != 0 || s.ETA != 0 || s.Rate == 0 {
			t.Errorf("at the end %+v", s)
		}
	})
}

// TestWeatherOfUnsized: jobs of which no size is known count by what the last took.
func TestWeatherOfUnsized(t *testing.T) {
	inWorld(t, nil, func(t *testing.T, w *world) {
		w.sleep(time.Second)
		for i := range 21 {
			w.queue(doc(fmt.Sprint(i), 0, kind("ack")))
		}
		w.sleep(10*chunkTime + time.Second)
		if s := w.State(); s.Left != 0 || !about(s.ETA.Seconds(), 11*chunkTime.Seconds()) {
			t.Errorf("%+v", s)
		}
	})
}

// TestWeatherWhenTheClockIsSet and when the line stands still.
func TestWeatherWhenTheClockIsSet(t *testing.T) {
	var w weather
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	w.begin(now, 1)
	for range 100 {
		now = now.Add(time.Second)
		w.moved(now, 1000)
	}
	if r := w.rate(now); !about(r, 1000) {
		t.Errorf("%f", r)
	}
	if r := w.rate(now.Add(-5 * time.Hour)); !about(r, 1000) {
		t.Errorf("set back %f", r)
	}
	if r := w.rate(now.Add(5 * time.Hour)); r > 500 || r < 100 {
		t.Errorf("set forward, or standing still %f", r)
	}
	w.end(now, 0)
	if r := w.rate(now.Add(5 * time.Hour)); !about(r, 1000) {
		t.Errorf("hours later %f", r)
	}
}
