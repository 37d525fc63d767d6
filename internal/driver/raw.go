package driver

/*
#cgo linux LDFLAGS: -ldl

#include <stdlib.h>
#include <string.h>

#ifdef _WIN32
#include <windows.h>
#pragma pack(push, 1)
#else
#include <dlfcn.h>
#endif

typedef unsigned long ul;

// CK_FUNCTION_LIST of PKCS#11 v2.20: its version, then the functions in the
// order of the standard (section 6.4 of the header). Only two are named here.
typedef struct {
	unsigned char version[2];
	void *before[18];
	ul (*login)(ul session, ul user, unsigned char *pin, ul n);
	void *between[5];
	ul (*attribute)(ul session, ul object, void *attributes, ul n);
} calls;

typedef struct {
	ul kind;
	void *value;
	ul n;
} attribute;

#ifdef _WIN32
#pragma pack(pop)
#endif

typedef ul (*list)(calls **);

// raw_open finds the functions of a library that is loaded already.
static calls *raw_open(const char *path) {
	calls *c = NULL;
#ifdef _WIN32
	HMODULE h = LoadLibraryA(path);
	list get = h ? (list)GetProcAddress(h, "C_GetFunctionList") : NULL;
#else
	void *h = dlopen(path, RTLD_LAZY);
	list get = h ? (list)dlsym(h, "C_GetFunctionList") : NULL;
#endif
	if (!get || get(&c) != 0)
		return NULL;
	return c;
}

static ul raw_login(calls *c, ul session, ul user, void *pin, ul n) {
	return c->login(session, user, pin, n);
}

static ul raw_attribute(calls *c, ul session, ul object, ul kind, void *value, ul *n) {
	attribute a = { kind, value, *n };
	ul rv = c->attribute(session, object, &a, 1);
	*n = a.n;
	return rv;
}
*/
import "C"

import (
	"errors"
	"unsafe"

	"github.com/miekg/pkcs11"
)

// rawCalls are the two calls of a library that pkcs11.Ctx does not make as we
// need them: a login whose only copy of the PIN is ours to wipe, and the reading
// of an attribute into a buffer that is there beforehand, since some drivers do
// not answer when asked for the length first.
type rawCalls struct{ c *C.calls }

func openRaw(path string) (*rawCalls, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	c := C.raw_open(name)
	if c == nil {
		return nil, errors.New("has no function list")
	}
	return &rawCalls{c}, nil
}

// login sends the PIN; nil is the token's own pad.
func (r *rawCalls) login(session, user uint, pin []byte) error {
	var first unsafe.Pointer
	if pin != nil {
		own := C.CBytes(pin) // C must not hold memory that Go may move
		defer C.free(own)
		defer C.memset(own, 0, C.size_t(len(pin)))
		first = own
	}
	return rvError(C.raw_login(r.c, C.ul(session), C.ul(user), first, C.ul(len(pin))))
}

// firstTry is room for every certificate a token has been seen with.
const firstTry = 8 << 10

// attribute reads one attribute, in one step where it fits.
func (r *rawCalls) attribute(session, object, kind uint) ([]byte, error) {
	value, needed, err := r.read(session, object, kind, firstTry)
	if errors.Is(err, pkcs11.Error(pkcs11.CKR_BUFFER_TOO_SMALL)) {
		if needed <= firstTry || needed > maxFrame/2 { // not said, or not believable
			needed = maxFrame / 2
		}
		value, _, err = r.read(session, object, kind, needed)
	}
	return value, err
}

// unavailable is CK_UNAVAILABLE_INFORMATION: there is no such attribute.
const unavailable = ^C.ul(0)

func (r *rawCalls) read(session, object, kind uint, room int) (value []byte, needed int, err error) {
	buf := C.calloc(1, C.size_t(room))
	if buf == nil {
		return nil, 0, pkcs11.Error(pkcs11.CKR_HOST_MEMORY)
	}
	defer C.free(buf)
	n := C.ul(room)
	err = rvError(C.raw_attribute(r.c, C.ul(session), C.ul(object), C.ul(kind), buf, &n))
	switch {
	case n == unavailable:
		if err == nil {
			err = pkcs11.Error(pkcs11.CKR_ATTRIBUTE_TYPE_INVALID)
		}
		return nil, 0, err
	case err != nil:
		return nil, int(n), err
	case n > C.ul(room): // a driver that counts wrong must not make us read past its end
		return nil, 0, pkcs11.Error(pkcs11.CKR_GENERAL_ERROR)
	}
	return C.GoBytes(buf, C.int(n)), int(n), nil
}

func rvError(rv C.ul) error {
	if rv == pkcs11.CKR_OK {
		return nil
	}
	return pkcs11.Error(rv)
}
