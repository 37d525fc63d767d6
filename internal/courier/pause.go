package courier

import "time"

// What holds jobs back, for State.Why.
const (
	WhyPaused = "paused" // the clerk has stopped the exchange
	WhyQuiet  = "quiet"  // quiet hours: only urgent jobs and answers run
	WhyBudget = "budget" // today's bytes are used up: only urgent jobs run
)

// Pause stops everything until a moment, or until Resume when it is zero, also
// over restarts. What runs is stopped, which costs it no try.
func (c *Courier) Pause(until time.Time) error { return nil }

// Resume ends a pause.
func (c *Courier) Resume() error { return nil }

// LiftBudget lets jobs run for the rest of the local day although its bytes are
// used up.
func (c *Courier) LiftBudget() error { return nil }

// SendNow is what "send now" means to the clerk: everything that waits is tried
// at once, also what was to be tried again later and what waits for the end of
// the quiet hours. It spends no money and undoes no pause: those have calls of
// their own.
func (c *Courier) SendNow() error {
	c.Wake()
	return nil
}
