package axis

import (
	"net/http"
	"time"
)

// Skew is how far the axis's clock is ahead of ours: its Date at the last answer
// minus our clock half a round trip before. It is good to a second; false when
// no answer has told yet.
func (c *Client) Skew() (time.Duration, bool) {
	if d := c.skew.Load(); d != nil {
		return *d, true
	}
	return 0, false
}

// noteDate reads the header Date of an answer to a request that was on the line
// at sent. It is told in whole seconds, cut off: half of one is added.
func (c *Client) noteDate(date string, sent time.Time) {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return
	}
	now := c.config.Clock()
	d := theirs.Add(time.Second / 2).Sub(sent.Add(now.Sub(sent) / 2))
	c.skew.Store(&d)
}
