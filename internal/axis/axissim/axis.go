package axissim

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"vanthu/internal/document"
)

// Options describe an axis.
type Options struct {
	Dir      string // state; made when missing
	Systems  []System
	Agencies []Agency
	// Directory gives further agencies, one at a time; nil for none. Codes that
	// Agencies has it should leave out.
	Directory iter.Seq2[Agency, error]
	Clock     func() time.Time // nil means time.Now
	Log       *slog.Logger     // nil means silence
	Rand      io.Reader        // docIds; nil means crypto/rand

	MaxAge    time.Duration // oldest accepted timestamp; 0 checks none, as long-lived SDK clients need
	Reprint   bool          // recipients get packets as the real axis reprints them, with a hop of its own
	MaxPacket int64         // bytes of one packet; 0 means 256 MB

	Mode      Mode          // what is spoken; "" means ModeSDK
	Offers    Offers        // what it can beyond a plain server of SDK 2.0.1
	TokenLife time.Duration // of the tokens of the hub modes; 0 means 30 minutes
}

// System is a client of the axis.
type System struct {
	ID     string
	Secret []byte
}

// Agency is an entry of the directory. Its packets go to System.
type Agency struct {
	document.Agency
	Parent  string        // code of the body above
	System  string        // id of the system that serves it; "" for nobody
	OldCode document.Code // of QCVN 102, when it has one
	Center  string        // code of the centre that serves it, as units tell it
	Locked  bool          // packets for it are refused with code 23
	Deleted bool          // dissolved: only the synchronisation of units still tells it
	Version int64         // of the entry, for incremental synchronisation; 0 means 1
}

// Axis is a running axis. It is safe for concurrent use.
type Axis struct {
	options Options
	secrets map[string][]byte
	down    atomic.Bool
	lock    *os.File
	uploads *uploads // nil when Offers.Tus is off

	encoding sync.Mutex // held while a packet is compressed: one at a time

	mu    sync.Mutex // guards what follows
	state state
	log   *eventLog
}

// ErrLocked: another axis, of this process or of another, has the folder.
var ErrLocked = errors.New("another axis runs over this folder")

// New opens or makes the axis in o.Dir. One Axis at a time may have a Dir
// (ErrLocked).
func New(o Options) (*Axis, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.MaxPacket <= 0 {
		o.MaxPacket = 256 << 20
	}
	if o.TokenLife <= 0 {
		o.TokenLife = 30 * time.Minute
	}
	if o.Mode == "" {
		o.Mode = ModeSDK
	}
	if !slices.Contains(Modes(), o.Mode) {
		return nil, fmt.Errorf("%w: %q", ErrMode, o.Mode)
	}
	d, err := newDirectory(o.Agencies, o.Directory)
	if err != nil {
		return nil, fmt.Errorf("directory of the axis: %w", err)
	}
	o.Agencies, o.Directory = nil, nil // not to be held twice
	a := &Axis{options: o, secrets: map[string][]byte{}, state: newState(d)}
	for _, s := range o.Systems {
		a.secrets[s.ID] = s.Secret
	}
	if err := a.open(); err != nil {
		return nil, fmt.Errorf("open axis in %s: %w", o.Dir, err)
	}
	return a, nil
}

func (a *Axis) open() error {
	if err := os.MkdirAll(a.packetDir(), 0o700); err != nil {
		return err
	}
	lock, err := takeLock(filepath.Join(a.options.Dir, "lock"))
	if err != nil {
		return err
	}
	a.lock = lock
	log, err := openLog(filepath.Join(a.options.Dir, "axis.log"), a.state.apply)
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	a.log = log
	if err := errors.Join(a.sweep(), a.openUploads()); err != nil {
		return errors.Join(err, log.close(), lock.Close())
	}
	return nil
}

func (a *Axis) openUploads() (err error) {
	if !a.options.Offers.Tus {
		return nil
	}
	dir, err := filepath.Abs(filepath.Join(a.options.Dir, "uploads"))
	if err != nil {
		return err
	}
	a.uploads, err = newUploads(dir, a.options.MaxPacket, a.options.Clock)
	return err
}

// Close ends the axis; the handler must not be used afterwards.
func (a *Axis) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return errors.Join(a.log.close(), a.lock.Close())
}

// SetDown makes the axis a dead link: every connection is cut, also in the
// middle of a request, and nothing is answered, until SetDown(false).
func (a *Axis) SetDown(down bool) { a.down.Store(down) }

// commit makes an event durable and then true. Callers hold a.mu.
func (a *Axis) commit(e event) error {
	if err := a.log.append(e); err != nil {
		return err
	}
	a.state.apply(e)
	return nil
}

// newID makes a docId: a random UUID, as the real axis uses today.
func (a *Axis) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(a.options.Rand, b[:]); err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}

// String leaves the secret out.
func (s System) String() string { return "system " + s.ID }

// GoString leaves the secret out.
func (s System) GoString() string { return s.String() }
