package signer

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/miekg/pkcs11"

	"vanthu/internal/driver"
)

// How long one conversation with a driver may take when the caller's context
// sets no earlier end.
const (
	askLimit  = 5 * time.Second  // reading: nothing a clerk waits for takes longer
	signLimit = 20 * time.Second // slow cards under load
	padLimit  = 60 * time.Second // a person is pressing keys on a PIN pad
)

// library is the part of a PKCS#11 library that this package uses.
// *driver.Process is one; tests have another.
type library interface {
	GetInfo() (pkcs11.Info, error)
	GetSlotList(tokenPresent bool) ([]uint, error)
	GetTokenInfo(slot uint) (pkcs11.TokenInfo, error)
	OpenSession(slot, flags uint) (pkcs11.SessionHandle, error)
	CloseSession(sh pkcs11.SessionHandle) error
	GetSessionInfo(sh pkcs11.SessionHandle) (pkcs11.SessionInfo, error)
	Login(sh pkcs11.SessionHandle, user uint, pin []byte) error
	Logout(sh pkcs11.SessionHandle) error
	FindObjects(sh pkcs11.SessionHandle, template []*pkcs11.Attribute, max int) ([]pkcs11.ObjectHandle, error)
	GetAttribute(sh pkcs11.SessionHandle, o pkcs11.ObjectHandle, kind uint) ([]byte, error)
	SignInit(sh pkcs11.SessionHandle, mechanism uint, o pkcs11.ObjectHandle) error
	Sign(sh pkcs11.SessionHandle, message []byte) ([]byte, error)
	SignAtOnce(sh pkcs11.SessionHandle, mechanism uint, o pkcs11.ObjectHandle, message []byte) ([]byte, error)
	Kill() // ends the library's process; whatever call is under way fails
	Ended() bool
}

var _ library = (*driver.Process)(nil)

// module is one driver. All conversations with it take turns: many drivers
// crash or deadlock when two threads talk to one stick.
type module struct {
	path string
	load func(path string) (library, error)
	turn chan struct{} // holds one token: the right to talk, and to what follows

	running library      // nil until the next conversation loads it
	logins  map[uint]int // open keys per slot of the running library; the last one logs out
}

func newModule(path string, load func(string) (library, error)) *module {
	return &module{path: path, load: load, turn: make(chan struct{}, 1), logins: map[uint]int{}}
}

// do runs one conversation with the driver. When ctx or limit ends first, the
// driver's process is killed, whatever it is doing: the conversation fails with
// ErrHung, and the next one begins with a fresh process. Keys of the old one are
// dead then (ErrNoToken), and a PIN that may have been on its way is counted.
func do[T any](ctx context.Context, m *module, limit time.Duration, fn func(l library) (T, error)) (T, error) {
	var none T
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return none, m.gaveUp(ctx)
	}
	l, err := m.start(ctx)
	if err != nil {
		return none, err
	}
	stop := context.AfterFunc(ctx, l.Kill)
	v, err := fn(l)
	if !stop() {
		m.forget()
		return none, m.gaveUp(ctx)
	}
	if m.running == l && l.Ended() { // whatever fn made of it
		m.forget()
		return none, fmt.Errorf("module %s: %w: its process fell", m.path, ErrHung)
	}
	return v, err
}

// start gives the running library, or loads it. Whoever has the turn may call it.
func (m *module) start(ctx context.Context) (library, error) {
	if m.running != nil {
		return m.running, nil
	}
	if !filepath.IsAbs(m.path) {
		return nil, fmt.Errorf("module %s: path is not absolute", m.path)
	}
	l, err := m.load(m.path)
	if err != nil {
		return nil, fmt.Errorf("module %s: %w", m.path, err)
	}
	if i, ok := l.(interface{ Initialize() error }); ok {
		stop := context.AfterFunc(ctx, l.Kill)
		err := i.Initialize()
		switch {
		case !stop():
			return nil, m.gaveUp(ctx)
		case err != nil:
			l.Kill()
			return nil, fmt.Errorf("module %s: %w", m.path, err)
		}
	}
	m.running = l
	return l, nil
}

// forget ends the driver's process; its sessions and logins end with it.
func (m *module) forget() {
	if m.running != nil {
		m.running.Kill()
	}
	m.running = nil
	clear(m.logins)
}

// gaveUp is the error of a conversation whose time was over.
func (m *module) gaveUp(ctx context.Context) error {
	return fmt.Errorf("module %s: %w: %w", m.path, ErrHung, context.Cause(ctx))
}

// retain and release count the open keys of a slot: a login belongs to the
// whole process of the driver, so only the last key to close may log out.
func (m *module) retain(slot uint) { m.logins[slot]++ }

func (m *module) release(slot uint) (last bool) {
	if m.logins[slot]--; m.logins[slot] > 0 {
		return false
	}
	delete(m.logins, slot)
	return true
}

// runs tells whether a library is still the running one.
func (m *module) runs(l library) bool {
	m.turn <- struct{}{}
	defer func() { <-m.turn }()
	return m.running == l
}

// isCode reports whether err is one of the given PKCS#11 return codes.
func isCode(err error, codes ...uint) bool {
	var e pkcs11.Error
	if !errors.As(err, &e) {
		return false
	}
	for _, c := range codes {
		if uint(e) == c {
			return true
		}
	}
	return false
}

// Tokens are the signing tokens of this machine, reached through the PKCS#11
// libraries of their makers, each of which runs in a process of its own
// (package driver). A program makes one: the helpers live in it.
type Tokens struct {
	// Command starts the helper for a library; nil is driver.Command.
	Command func(library string) (*exec.Cmd, error)

	mu      sync.Mutex
	modules map[string]*module
	load    func(path string) (library, error) // tests'; nil starts a helper
}

// get returns the module at path, the same one every time.
func (t *Tokens) get(path string) *module {
	path = filepath.Clean(path)
	t.mu.Lock()
	defer t.mu.Unlock()
	if m := t.modules[path]; m != nil {
		return m
	}
	if t.modules == nil {
		t.modules = map[string]*module{}
	}
	load := t.load
	if load == nil {
		load = t.start
	}
	m := newModule(path, load)
	t.modules[path] = m
	return m
}

func (t *Tokens) start(path string) (library, error) {
	command := t.Command
	if command == nil {
		command = driver.Command
	}
	cmd, err := command(path)
	if err != nil {
		return nil, err
	}
	return driver.Start(cmd)
}

// Close ends all helpers at once, logins and all. It waits for no driver.
func (t *Tokens) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range t.modules {
		select {
		case m.turn <- struct{}{}:
			m.forget()
			<-m.turn
		default: // a conversation is under way; its context ends it
		}
	}
}
