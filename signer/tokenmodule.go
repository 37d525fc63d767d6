package signer

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/miekg/pkcs11"
)

// callLimit bounds one conversation with a driver when the caller's context
// sets no earlier end. A person may be pressing keys on a PIN pad meanwhile.
const callLimit = 60 * time.Second

// driver is the part of a PKCS#11 module that this package uses.
// *pkcs11.Ctx is one; tests have another.
type driver interface {
	GetInfo() (pkcs11.Info, error)
	GetSlotList(tokenPresent bool) ([]uint, error)
	GetTokenInfo(slot uint) (pkcs11.TokenInfo, error)
	OpenSession(slot, flags uint) (pkcs11.SessionHandle, error)
	CloseSession(sh pkcs11.SessionHandle) error
	GetSessionInfo(sh pkcs11.SessionHandle) (pkcs11.SessionInfo, error)
	Login(sh pkcs11.SessionHandle, userType uint, pin string) error
	Logout(sh pkcs11.SessionHandle) error
	FindObjectsInit(sh pkcs11.SessionHandle, temp []*pkcs11.Attribute) error
	FindObjects(sh pkcs11.SessionHandle, max int) ([]pkcs11.ObjectHandle, bool, error)
	FindObjectsFinal(sh pkcs11.SessionHandle) error
	GetAttributeValue(sh pkcs11.SessionHandle, o pkcs11.ObjectHandle, a []*pkcs11.Attribute) ([]*pkcs11.Attribute, error)
	SignInit(sh pkcs11.SessionHandle, m []*pkcs11.Mechanism, o pkcs11.ObjectHandle) error
	Sign(sh pkcs11.SessionHandle, message []byte) ([]byte, error)
}

var _ driver = (*pkcs11.Ctx)(nil)

// module is one loaded driver. All conversations with it take turns: many
// drivers crash or deadlock when two threads talk to one stick.
type module struct {
	path string
	turn chan struct{} // holds one token: the right to talk

	mu     sync.Mutex
	driver driver
	hung   bool         // a conversation was given up and has not come back
	logins map[uint]int // open keys per slot; the last one logs out
}

// newModule returns a module that is loaded at its first conversation.
func newModule(path string) *module {
	return &module{path: path, turn: make(chan struct{}, 1), logins: map[uint]int{}}
}

// do runs one conversation with the driver and waits for it, or for ctx.
//
// When ctx ends first the caller gets ErrHung at once and the module counts as
// hung until the conversation comes back, if ever; undo (may be nil) then
// takes back what it opened. fn must not touch its caller's variables after
// that, so it hands over results through its return value only.
func do[T any](ctx context.Context, m *module, fn func(d driver) (T, error), undo func(d driver, v T)) (T, error) {
	var none T
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if m.isHung() {
		return none, fmt.Errorf("module %s: %w", m.path, ErrHung)
	}
	select {
	case m.turn <- struct{}{}:
	case <-ctx.Done():
		return none, m.gaveUp(ctx)
	}
	c := &conversation[T]{done: make(chan struct{})}
	go c.run(m, fn, undo)
	select {
	case <-c.done:
	case <-ctx.Done():
		if m.abandon(&c.fate) {
			return none, m.gaveUp(ctx)
		}
		<-c.done // it ended at the same moment: take the result
	}
	return c.value, c.err
}

// fate says how a conversation stands; under module.mu.
type fate struct {
	ended bool // the driver answered
	left  bool // the caller went away first
}

// conversation is one call of do on its own goroutine.
type conversation[T any] struct {
	fate
	done  chan struct{}
	value T
	err   error
}

// run talks to the driver, then hands over or takes back.
func (c *conversation[T]) run(m *module, fn func(d driver) (T, error), undo func(d driver, v T)) {
	runtime.LockOSThread() // drivers keep state per thread
	defer runtime.UnlockOSThread()
	defer func() { <-m.turn }()
	var d driver
	if d, c.err = m.load(); c.err == nil {
		c.value, c.err = fn(d)
	}
	if !m.end(&c.fate) {
		if c.err == nil && undo != nil {
			undo(d, c.value)
		}
		m.recovered()
		return
	}
	close(c.done)
}

// abandon marks the module hung unless the conversation has just ended.
func (m *module) abandon(f *fate) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f.ended {
		return false
	}
	f.left, m.hung = true, true
	return true
}

// end closes a conversation; false means nobody waits for it any more.
func (m *module) end(f *fate) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	f.ended = true
	return !f.left
}

// recovered puts a module back into use whose late answer came after all.
func (m *module) recovered() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.hung = false
}

// gaveUp is the error of a conversation whose context ended.
func (m *module) gaveUp(ctx context.Context) error {
	return fmt.Errorf("module %s: %w: %w", m.path, ErrHung, context.Cause(ctx))
}

func (m *module) isHung() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.hung
}

// load opens the library the first time. It is never finalised: C_Finalize
// of Vietnamese drivers can hang for 15 s and would cut off every other key
// of this process; the operating system closes the stick when we exit.
func (m *module) load() (driver, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.driver != nil {
		return m.driver, nil
	}
	if !filepath.IsAbs(m.path) {
		return nil, fmt.Errorf("module %s: path is not absolute", m.path)
	}
	ctx := pkcs11.New(m.path)
	if ctx == nil {
		return nil, fmt.Errorf("module %s: cannot be loaded", m.path)
	}
	err := ctx.Initialize()
	if err != nil && !isCode(err, pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED) {
		ctx.Destroy()
		return nil, fmt.Errorf("module %s: initialize: %w", m.path, err)
	}
	m.driver = ctx
	return ctx, nil
}

// retain and release count the open keys of a slot: a login belongs to the
// whole process, so only the last key to close may log out.
func (m *module) retain(slot uint) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logins[slot]++
}

func (m *module) release(slot uint) (last bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.logins[slot]--
	return m.logins[slot] <= 0
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

// moduleTable holds the modules that this process has loaded.
type moduleTable struct {
	mu      sync.Mutex
	modules map[string]*module
}

// processTable is package state on purpose, the only one here: PKCS#11 itself
// is state of the process (C_Initialize counts once, logins are shared by
// every session of the process), and two tables would log each other out.
var processTable = &moduleTable{modules: map[string]*module{}}

// get returns the module at path, the same one every time.
func (t *moduleTable) get(path string) *module {
	path = filepath.Clean(path)
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.modules[path]
	if m == nil {
		m = newModule(path)
		t.modules[path] = m
	}
	return m
}
