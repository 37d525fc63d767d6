package signer

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"vanthu/internal/practice/ca"

	"github.com/miekg/pkcs11"
)

// fakeDriver is one slot with one token: the states that SoftHSM cannot show
// (locked, last try, always-authenticate, pulled out, hanging).
type fakeDriver struct {
	mu     sync.Mutex
	serial string
	flags  uint
	pin    string
	always bool
	key    crypto.Signer
	cert   *x509.Certificate

	onLogin  func() error // overrides the answer to C_Login
	onSign   func()       // runs inside C_Sign
	onList   func()       // runs inside C_GetSlotList
	loggedIn bool
	absent   bool
	logins   int           // C_Login calls that reached the token
	signs    int           // C_Sign calls
	sessions int           // open now
	loads    atomic.Int32  // processes started
	kills    atomic.Int32  // and ended
	hang     chan struct{} // closed by Kill
	hung     sync.Once
	armed    bool
}

const (
	fakeCertHandle pkcs11.ObjectHandle = 1
	fakeKeyHandle  pkcs11.ObjectHandle = 2
)

func newFake(t *testing.T) *fakeDriver {
	t.Helper()
	c, err := ca.Make(t.TempDir(), ca.Options{})
	if err != nil {
		t.Fatal(err)
	}
	key, cert, err := c.Certify(ca.Subject{Name: "Trần Thị Hà", Organization: "Ủy ban nhân dân xã Định Mỹ"})
	if err != nil {
		t.Fatal(err)
	}
	return &fakeDriver{serial: "VN 01/7", pin: "12345678", key: key, cert: cert,
		flags: pkcs11.CKF_TOKEN_INITIALIZED | pkcs11.CKF_LOGIN_REQUIRED}
}

// tokens are Tokens that load the fake as "/fake.so" and nothing else.
func (f *fakeDriver) tokens() *Tokens {
	return &Tokens{load: func(path string) (library, error) {
		if path != "/fake.so" {
			return nil, errors.New("cannot be loaded")
		}
		f.loads.Add(1)
		return f, nil
	}}
}

// Ended tells whether the last process has been ended.
func (f *fakeDriver) Ended() bool { return f.loads.Load() > 0 && f.kills.Load() == f.loads.Load() }

// Kill is the end of the process: the login and the sessions end with it, and so
// does whatever hangs.
func (f *fakeDriver) Kill() {
	f.kills.Store(f.loads.Load()) // a process ends once
	if f.hang != nil {
		f.hung.Do(func() { close(f.hang) })
	}
}

func (f *fakeDriver) GetInfo() (pkcs11.Info, error) { return pkcs11.Info{ManufacturerID: "fake"}, nil }

func (f *fakeDriver) GetSlotList(bool) ([]uint, error) {
	if f.onList != nil {
		f.onList()
	}
	if f.absent {
		return nil, nil
	}
	return []uint{7}, nil
}

func (f *fakeDriver) GetTokenInfo(uint) (pkcs11.TokenInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.absent {
		return pkcs11.TokenInfo{}, pkcs11.Error(pkcs11.CKR_TOKEN_NOT_PRESENT)
	}
	return pkcs11.TokenInfo{Label: "Token A\x00", SerialNumber: f.serial + "    ", Flags: f.flags}, nil
}

func (f *fakeDriver) OpenSession(_, flags uint) (pkcs11.SessionHandle, error) {
	if flags&pkcs11.CKF_RW_SESSION != 0 {
		return 0, pkcs11.Error(pkcs11.CKR_SESSION_READ_WRITE_SO_EXISTS) // like VNPT-CA
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions++
	return 1, nil
}

func (f *fakeDriver) CloseSession(pkcs11.SessionHandle) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions--
	return nil
}

func (f *fakeDriver) GetSessionInfo(pkcs11.SessionHandle) (pkcs11.SessionInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loggedIn {
		return pkcs11.SessionInfo{State: pkcs11.CKS_RO_USER_FUNCTIONS}, nil
	}
	return pkcs11.SessionInfo{State: pkcs11.CKS_RO_PUBLIC_SESSION}, nil
}

func (f *fakeDriver) Login(_ pkcs11.SessionHandle, user uint, pin []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.logins++
	if f.onLogin != nil {
		return f.onLogin()
	}
	if string(pin) != f.pin {
		return pkcs11.Error(pkcs11.CKR_PIN_INCORRECT)
	}
	if user == pkcs11.CKU_CONTEXT_SPECIFIC {
		f.armed = true
		return nil
	}
	f.loggedIn = true
	return nil
}

func (f *fakeDriver) Logout(pkcs11.SessionHandle) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loggedIn = false
	return nil
}

func (f *fakeDriver) FindObjects(_ pkcs11.SessionHandle, temp []*pkcs11.Attribute, _ int) ([]pkcs11.ObjectHandle, error) {
	if temp[0].Value[0] == pkcs11.CKO_PRIVATE_KEY {
		return []pkcs11.ObjectHandle{fakeKeyHandle}, nil
	}
	return []pkcs11.ObjectHandle{fakeCertHandle}, nil
}

func (f *fakeDriver) GetAttribute(_ pkcs11.SessionHandle, _ pkcs11.ObjectHandle, kind uint) ([]byte, error) {
	switch kind {
	case pkcs11.CKA_VALUE:
		return f.cert.Raw, nil
	case pkcs11.CKA_ID:
		return []byte{0xA1}, nil
	case pkcs11.CKA_ALWAYS_AUTHENTICATE:
		if f.always {
			return []byte{1}, nil
		}
	}
	return nil, pkcs11.Error(pkcs11.CKR_ATTRIBUTE_TYPE_INVALID)
}

func (f *fakeDriver) SignInit(pkcs11.SessionHandle, uint, pkcs11.ObjectHandle) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.absent {
		return pkcs11.Error(pkcs11.CKR_DEVICE_REMOVED)
	}
	f.armed = !f.always
	return nil
}

func (f *fakeDriver) Sign(_ pkcs11.SessionHandle, digestInfo []byte) ([]byte, error) {
	if f.onSign != nil {
		f.onSign()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.signs++
	if !f.armed {
		return nil, pkcs11.Error(pkcs11.CKR_USER_NOT_LOGGED_IN)
	}
	f.armed = false
	return f.key.Sign(rand.Reader, digestInfo[19:], crypto.SHA256)
}

func (f *fakeDriver) SignAtOnce(s pkcs11.SessionHandle, mechanism uint, o pkcs11.ObjectHandle, digestInfo []byte) ([]byte, error) {
	if err := f.SignInit(s, mechanism, o); err != nil {
		return nil, err
	}
	return f.Sign(s, digestInfo)
}

// count is a Guard in memory.
type count struct {
	mu    sync.Mutex
	wrong map[string]int
	fail  error
}

func newCount() *count { return &count{wrong: map[string]int{}} }

func (c *count) Wrong(serial string) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wrong[serial], nil
}

func (c *count) Note(serial string, wrong bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		return c.fail
	}
	if wrong {
		c.wrong[serial]++
	} else {
		c.wrong[serial] = 0
	}
	return nil
}
