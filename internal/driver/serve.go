package driver

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/miekg/pkcs11"
)

// The operations of a frame.
const (
	opInitialize = 1 + iota
	opInfo
	opSlots
	opToken
	opOpen
	opClose
	opSession
	opLogin
	opLogout
	opFind
	opAttribute
	opSignInit
	opSign
	opSignAtOnce
)

// Main is the whole life of a helper, when the arguments of the process (with
// its name first) ask for one: the caller then ends the process with code.
func Main(args []string) (code int, asked bool) {
	if len(args) != 3 || args[1] != Word {
		return 0, false
	}
	in, out, err := takeLine()
	if err != nil {
		return 1, true
	}
	harden()
	if err := serve(args[2], in, out); err != nil {
		return 1, true
	}
	return 0, true
}

// serve answers frames until in ends. The library is loaded at the first call
// and never finalised: C_Finalize of Vietnamese drivers can hang for 15 s, and
// the end of the process closes the stick as well.
func serve(path string, in io.Reader, out io.Writer) error {
	runtime.LockOSThread() // drivers keep state per thread
	defer runtime.UnlockOSThread()
	h := &helper{path: path}
	for {
		f, err := receive(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := h.answer(f).send(out); err != nil {
			return err
		}
	}
}

// helper is the far end.
type helper struct {
	path string
	ctx  *pkcs11.Ctx
	raw  *rawCalls // what pkcs11.Ctx cannot do as we need it
}

// answer does one call. The frame is wiped: there may have been a PIN in it.
func (h *helper) answer(f *fields) *frame {
	defer clear(f.rest)
	if f.op == opInitialize {
		return answer(h.initialize())
	}
	call := h.calls()[f.op]
	if h.ctx == nil || call == nil {
		return answer(fmt.Errorf("operation %d before the library is loaded, or unknown", f.op))
	}
	return call(f)
}

func (h *helper) initialize() error {
	if h.ctx != nil {
		return nil
	}
	if !filepath.IsAbs(h.path) {
		return errors.New("path is not absolute")
	}
	ctx := pkcs11.New(h.path)
	if ctx == nil {
		return errors.New("cannot be loaded")
	}
	raw, err := openRaw(h.path)
	if err != nil {
		return err
	}
	err = ctx.Initialize()
	if err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return fmt.Errorf("initialize: %w", err)
	}
	h.ctx, h.raw = ctx, raw
	return nil
}

func (h *helper) calls() map[byte]func(*fields) *frame {
	return map[byte]func(*fields) *frame{
		opInfo: h.info, opSlots: h.slots, opToken: h.token, opOpen: h.open, opClose: h.close, opSession: h.session,
		opLogin: h.login, opLogout: h.logout, opFind: h.find, opAttribute: h.attribute, opSignInit: h.signInit, opSign: h.sign, opSignAtOnce: h.signAtOnce,
	}
}

func (h *helper) info(*fields) *frame {
	i, err := h.ctx.GetInfo()
	return answer(err).text(i.ManufacturerID).text(i.LibraryDescription)
}

func (h *helper) slots(f *fields) *frame {
	list, err := h.ctx.GetSlotList(f.number() == 1)
	return answer(err).numbers(list)
}

func (h *helper) token(f *fields) *frame {
	t, err := h.ctx.GetTokenInfo(f.number())
	return answer(err).text(t.Label).text(t.ManufacturerID).text(t.Model).text(t.SerialNumber).
		number(t.Flags).number(t.MinPinLen).number(t.MaxPinLen)
}

func (h *helper) open(f *fields) *frame {
	s, err := h.ctx.OpenSession(f.number(), f.number())
	return answer(err).number(uint(s))
}

func (h *helper) close(f *fields) *frame {
	return answer(h.ctx.CloseSession(pkcs11.SessionHandle(f.number())))
}

func (h *helper) session(f *fields) *frame {
	i, err := h.ctx.GetSessionInfo(pkcs11.SessionHandle(f.number()))
	return answer(err).number(i.State)
}

func (h *helper) login(f *fields) *frame {
	session, user, pad, pin := f.number(), f.number(), f.number() == 1, f.bytes()
	if f.err != nil {
		return answer(f.err)
	}
	defer clear(pin)
	if pad {
		pin = nil
	}
	return answer(h.raw.login(session, user, pin))
}

func (h *helper) logout(f *fields) *frame {
	return answer(h.ctx.Logout(pkcs11.SessionHandle(f.number())))
}

func (h *helper) find(f *fields) *frame {
	session, max, template := pkcs11.SessionHandle(f.number()), int(f.number()), f.template()
	if err := h.ctx.FindObjectsInit(session, template); err != nil {
		return answer(err)
	}
	objects, _, err := h.ctx.FindObjects(session, max)
	if final := h.ctx.FindObjectsFinal(session); err == nil {
		err = final
	}
	list := make([]uint, len(objects))
	for i, o := range objects {
		list[i] = uint(o)
	}
	return answer(err).numbers(list)
}

func (h *helper) attribute(f *fields) *frame {
	value, err := h.raw.attribute(f.number(), f.number(), f.number())
	return answer(err).bytes(value)
}

func (h *helper) signInit(f *fields) *frame { return answer(h.beginSignature(f)) }

func (h *helper) beginSignature(f *fields) error {
	session, mechanism, key := f.number(), f.number(), f.number()
	return h.ctx.SignInit(pkcs11.SessionHandle(session), []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, pkcs11.ObjectHandle(key))
}

func (h *helper) sign(f *fields) *frame {
	sig, err := h.ctx.Sign(pkcs11.SessionHandle(f.number()), f.bytes())
	return answer(err).bytes(sig)
}

func (h *helper) signAtOnce(f *fields) *frame {
	if err := h.beginSignature(f); err != nil {
		return answer(err)
	}
	return h.sign(f)
}
