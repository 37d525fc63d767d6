package driver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"

	"github.com/miekg/pkcs11"
)

// Word is the argument that makes the executable a helper; the path of the
// library follows it.
const Word = "pkcs11-driver"

// ErrDied: the helper is no more: killed by us, or fallen with its driver. What
// the token did with the call under way is not known.
var ErrDied = errors.New("token driver has ended")

// Command is the command that starts a helper of this very executable.
func Command(library string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return exec.Command(self, Word, library), nil
}

// Process is a driver in its helper. Calls take turns; only Kill may come from
// another goroutine at any time. Errors that are the token's are pkcs11.Error.
type Process struct {
	turn sync.Mutex // one call at a time
	to   io.WriteCloser
	from io.Reader
	kill func()

	end  sync.Once
	dead chan struct{}
}

// Start starts a helper and lets it load and initialise its library.
func Start(cmd *exec.Cmd) (*Process, error) {
	to, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the driver's helper: %w", err)
	}
	p := &Process{to: to, from: from, dead: make(chan struct{}), kill: func() { _ = cmd.Process.Kill() }}
	go func() {
		<-p.dead
		_ = cmd.Wait() // how it ended is of no interest: it was told to, or fell
	}()
	return p, nil
}

// Kill ends the helper at once; it never waits. Calling it twice is harmless.
func (p *Process) Kill() {
	p.end.Do(func() {
		p.kill()
		_ = p.to.Close()
		close(p.dead)
	})
}

// Ended tells that the helper is no more, as far as a call has found out.
func (p *Process) Ended() bool {
	select {
	case <-p.dead:
		return true
	default:
		return false
	}
}

// call is one frame there and one back. A broken line is the end of the helper.
func (p *Process) call(f *frame) (*fields, error) {
	p.turn.Lock()
	defer p.turn.Unlock()
	err := f.send(p.to)
	var got *fields
	if err == nil {
		got, err = receive(p.from)
	}
	if err == nil {
		if err := got.outcome(); err != nil || got.err == nil {
			return got, err
		}
		err = got.err
	}
	p.Kill()
	return nil, fmt.Errorf("%w: %w", ErrDied, err)
}

// do is a call whose answer is only how it went.
func (p *Process) do(f *frame) error {
	_, err := p.call(f)
	return err
}

// ask is a call whose answer read makes something of.
func ask[T any](p *Process, f *frame, read func(*fields) T) (T, error) {
	var none T
	got, err := p.call(f)
	if err != nil {
		return none, err
	}
	v := read(got)
	if got.err != nil {
		p.Kill()
		return none, fmt.Errorf("%w: %w", ErrDied, got.err)
	}
	return v, nil
}

// Initialize loads the library and initialises it.
func (p *Process) Initialize() error { return p.do(newFrame(opInitialize)) }

// GetInfo tells who made the library. Only the two names are filled.
func (p *Process) GetInfo() (pkcs11.Info, error) {
	return ask(p, newFrame(opInfo), func(f *fields) pkcs11.Info {
		return pkcs11.Info{ManufacturerID: f.text(), LibraryDescription: f.text()}
	})
}

// GetSlotList lists the slots, or those with a token in them.
func (p *Process) GetSlotList(tokenPresent bool) ([]uint, error) {
	f := newFrame(opSlots).number(map[bool]uint{true: 1}[tokenPresent])
	return ask(p, f, (*fields).numbers)
}

// GetTokenInfo describes the token in a slot: names, serial number, flags and
// the lengths of a PIN.
func (p *Process) GetTokenInfo(slot uint) (pkcs11.TokenInfo, error) {
	return ask(p, newFrame(opToken).number(slot), func(f *fields) pkcs11.TokenInfo {
		return pkcs11.TokenInfo{Label: f.text(), ManufacturerID: f.text(), Model: f.text(), SerialNumber: f.text(),
			Flags: f.number(), MinPinLen: f.number(), MaxPinLen: f.number()}
	})
}

// OpenSession opens a session with the token in a slot.
func (p *Process) OpenSession(slot, flags uint) (pkcs11.SessionHandle, error) {
	return ask(p, newFrame(opOpen).number(slot).number(flags), func(f *fields) pkcs11.SessionHandle {
		return pkcs11.SessionHandle(f.number())
	})
}

// CloseSession ends a session.
func (p *Process) CloseSession(s pkcs11.SessionHandle) error {
	return p.do(newFrame(opClose).number(uint(s)))
}

// GetSessionInfo tells the state of a session. Only State is filled.
func (p *Process) GetSessionInfo(s pkcs11.SessionHandle) (pkcs11.SessionInfo, error) {
	return ask(p, newFrame(opSession).number(uint(s)), func(f *fields) pkcs11.SessionInfo {
		return pkcs11.SessionInfo{State: f.number()}
	})
}

// Login sends the PIN once; nil lets the token ask for it on a pad of its own.
func (p *Process) Login(s pkcs11.SessionHandle, user uint, pin []byte) error {
	f := newFrame(opLogin).number(uint(s)).number(user).number(map[bool]uint{true: 1}[pin == nil])
	return p.do(f.secret(pin))
}

// Logout ends the login of all sessions with the token.
func (p *Process) Logout(s pkcs11.SessionHandle) error {
	return p.do(newFrame(opLogout).number(uint(s)))
}

// FindObjects is one whole search for at most max objects.
func (p *Process) FindObjects(s pkcs11.SessionHandle, template []*pkcs11.Attribute, max int) ([]pkcs11.ObjectHandle, error) {
	f := newFrame(opFind).number(uint(s)).number(uint(max)).template(template)
	return ask(p, f, func(f *fields) []pkcs11.ObjectHandle {
		var found []pkcs11.ObjectHandle
		for _, n := range f.numbers() {
			found = append(found, pkcs11.ObjectHandle(n))
		}
		return found
	})
}

// GetAttribute reads one attribute of an object.
func (p *Process) GetAttribute(s pkcs11.SessionHandle, o pkcs11.ObjectHandle, kind uint) ([]byte, error) {
	return ask(p, newFrame(opAttribute).number(uint(s)).number(uint(o)).number(kind), (*fields).bytes)
}

// SignInit begins a signature with a mechanism that has no parameters.
func (p *Process) SignInit(s pkcs11.SessionHandle, mechanism uint, o pkcs11.ObjectHandle) error {
	return p.do(newFrame(opSignInit).number(uint(s)).number(mechanism).number(uint(o)))
}

// Sign ends it.
func (p *Process) Sign(s pkcs11.SessionHandle, message []byte) ([]byte, error) {
	return ask(p, newFrame(opSign).number(uint(s)).bytes(message), (*fields).bytes)
}

// SignAtOnce is SignInit and Sign in one frame, for keys that want no login in
// between.
func (p *Process) SignAtOnce(s pkcs11.SessionHandle, mechanism uint, o pkcs11.ObjectHandle, message []byte) ([]byte, error) {
	f := newFrame(opSignAtOnce).number(uint(s)).number(mechanism).number(uint(o)).number(uint(s)).bytes(message)
	return ask(p, f, (*fields).bytes)
}
