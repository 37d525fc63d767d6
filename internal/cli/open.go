package cli

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/courier"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/line"
	"vanthu/internal/office"
	"vanthu/internal/viet"
	"vanthu/outbox"
	"vanthu/store"
)

// workplace is an open office: the store and everything that works on it.
// This file is the one place where the parts meet; they know each other only
// through the small interfaces each of them owns.
type workplace struct {
	home   office.Home
	office office.Office
	store  *store.Store
	inbox  *inbox.Desk
	outbox *outbox.Desk
	line   *line.Line   // nil when the office has no axis, or in the demo
	client *axis.Client // nil when the office has no axis
	clock  *axisClock
	// untrusted: the last look at the axis ended at a certificate. To the courier
	// that is no link; the clerk must be told better.
	untrusted atomic.Bool
	courier   *courier.Courier
	tidy      *tidy
	agencies  *exchange.Directory
	keys      *keyring
	press     *press
}

// openOptions are what differs between a real office and the demo's.
type openOptions struct {
	clock document.Clock
	url   string        // the axis, when it is not the one of the settings
	http  *http.Client  // how to reach it; nil is the axis client's own
	every time.Duration // between two looks at the axis; 0 is what the settings say
}

func (o openOptions) poll(w office.Office) time.Duration {
	if o.every > 0 {
		return o.every
	}
	return w.Axis.Poll()
}

// openWorkplace opens the office in a home. The store's lock makes this
// process the home's owner.
func openWorkplace(home office.Home, opt openOptions) (*workplace, error) {
	o, err := office.Load(home)
	if err != nil {
		return nil, err
	}
	if opt.clock == nil {
		opt.clock = time.Now
	}
	if opt.url != "" {
		o.Axis.URL, o.Axis.AllowPlain = opt.url, true // on this machine
	}
	if err := home.Make(); err != nil {
		return nil, err
	}
	s, err := store.Open(home.StoreDir(), store.Options{Clock: opt.clock})
	if err != nil {
		return nil, err
	}
	w := &workplace{home: home, office: o, store: s}
	if err := errors.Join(home.Sweep(opt.clock()), w.furnish(opt)); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return w, nil
}

// furnish makes the parts and joins them.
func (w *workplace) furnish(opt openOptions) (err error) {
	if err := w.connect(opt); err != nil {
		return err
	}
	w.clock = &axisClock{store: w.store, now: opt.clock}
	w.press = newPress(w.home, w.office)
	w.keys = &keyring{home: w.home, office: w.office, store: w.store}
	w.agencies = &exchange.Directory{Store: w.store, Clock: opt.clock, Fold: foldName, TempDir: w.home.TempDir()}
	w.inbox = &inbox.Desk{Store: w.store, Clock: opt.clock, NewID: newID("den", opt.clock), Agency: w.office.Agency, Staff: w.office.Clerk,
		Verifier: verifier{home: w.home, clock: opt.clock}, TempDir: w.home.TempDir(), Fold: viet.Fold}
	w.outbox = &outbox.Desk{Store: w.store, Clock: opt.clock, NewID: newID("di", opt.clock), Agency: w.office.Agency, Abbr: w.office.Abbr,
		Place: w.office.Place, Staff: w.office.Clerk, Press: w.press, Directory: w.agencies, AllowSoft: w.office.AllowSoftKeys,
		Series:  func(typeName string) string { return w.office.SeriesOf(typeName).Name },
		Symbol:  w.office.Symbol,
		TempDir: w.home.TempDir(), Fold: viet.Fold}
	w.inbox.PageMark, w.outbox.PageMark = w.press.secretMarkIn, w.press.SecretMark
	x := &exchange.Exchange{Store: w.store, Inbox: w.inbox, Outbox: w.outbox, Directory: w.agencies, Clock: opt.clock, TempDir: w.home.TempDir()}
	if w.keys.stamps, err = w.newStamper(opt.clock); err != nil {
		return err
	}
	if w.keys.stamps != nil {
		w.outbox.Stamps, x.Stamper = true, w.keys.stamps
	}
	if w.client != nil { // a nil *axis.Client in an interface would not be nil
		x.Axis, w.clock.ask = w.client, w.client.Skew
	}
	w.courier = courier.New(w.courierOptions(x, opt))
	w.keys.online = func() bool { return w.courier.State().Online }
	w.tidy = &tidy{store: w.store, now: opt.clock}
	return w.clock.recall()
}

// courierOptions are what the settings ask of the courier. Its hours and days
// are the office's, whatever zone the machine is set to.
func (w *workplace) courierOptions(x *exchange.Exchange, opt openOptions) courier.Options {
	local := func() time.Time { return opt.clock().In(document.Zone()) }
	o := courier.Options{Store: w.store, Clock: local, Every: opt.poll(w.office), Handlers: w.watched(x.Handlers()), Lanes: w.lanes,
		Resumable: []string{"fetch", "send"}, Budget: w.office.Link.Budget(),
		Poll: func(ctx context.Context) error {
			defer w.clock.keep()
			err := x.Poll(ctx)
			w.untrusted.Store(errors.Is(err, axis.ErrUntrusted))
			return err
		}}
	if hours, ok := w.office.Link.QuietHours(); ok {
		o.Quiet = courier.Quiet(hours)
	}
	if w.line != nil {
		o.Traffic = w.traffic
	}
	return o
}

// foldName makes names of agencies comparable: without case and diacritics, and
// with both the long and the short form of what clerks abbreviate, so that
// "ubnd tinh" finds "Ủy ban nhân dân tỉnh" and the other way round.
func foldName(s string) string {
	folded := viet.Fold(s)
	for _, pair := range [][2]string{{"uy ban nhan dan", "ubnd"}, {"hoi dong nhan dan", "hdnd"}} {
		switch {
		case strings.Contains(folded, pair[0]):
			folded += " " + pair[1]
		case slices.Contains(strings.Fields(folded), pair[1]):
			folded += " " + pair[0]
		}
	}
	return folded
}

// Close lets everything go, the store last.
func (w *workplace) Close() error {
	w.keys.Close()
	if w.line != nil {
		w.line.Close()
	}
	return errors.Join(w.press.Close(), w.store.Close())
}

// newID makes record IDs: the second they were made in, then 40 random bits.
// Two records never meet, and neighbours in time lie side by side in the
// store, which makes an act write less.
func newID(prefix string, now document.Clock) func() string {
	return func() string {
		var b [9]byte
		binary.BigEndian.PutUint32(b[:], uint32(now().Unix()))
		rand.Read(b[4:]) // never fails
		return prefix + "-" + strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
	}
}

// lockPatience is how long a verb waits for another short program on the same
// home to finish.
const lockPatience = 5 * time.Second

// inOffice runs a verb in the office: the one this process owns already, or
// one opened for this verb alone.
func (c *call) inOffice(do func(*workplace) error) error {
	if c.place != nil {
		return do(c.place)
	}
	w, err := c.open()
	if err != nil {
		return err
	}
	return errors.Join(do(w), w.Close())
}

// errOwned: a process that has just taken the home now listens on its socket,
// so that the call can be handed to it.
var errOwned = fmt.Errorf("owner listens: %w", store.ErrLocked)

// open opens the office, waiting a little for a program that has it for a
// moment only; errOwned when that program turns out to be one that stays.
func (c *call) open() (*workplace, error) {
	deadline := time.Now().Add(lockPatience)
	for {
		w, err := openWorkplace(c.home, openOptions{})
		if !errors.Is(err, store.ErrLocked) || time.Now().After(deadline) || c.ctx.Err() != nil {
			return w, err
		}
		if conn, err := dialOwner(c.home); err == nil {
			return nil, errors.Join(errOwned, conn.Close())
		}
	}
}

// export saves a file of a document of either desk.
func (w *workplace) export(id string, file int, dir string) (string, error) {
	path, err := w.inbox.Export(id, file, dir)
	if errors.Is(err, store.ErrNotFound) {
		return w.outbox.Export(id, file, dir)
	}
	return path, err
}
