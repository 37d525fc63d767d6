package signer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestPINIsNeverPrinted(t *testing.T) {
	pin := PIN("s3cret77")
	js, err := json.Marshal(struct{ P PIN }{pin})
	if err != nil {
		t.Fatal(err)
	}
	outs := []string{string(js)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		outs = append(outs, fmt.Sprintf(verb, pin), fmt.Sprintf(verb, struct{ P PIN }{pin}))
	}
	for _, out := range outs {
		for _, leak := range []string{"s3cret77", "7333", "115 51"} {
			if strings.Contains(out, leak) {
				t.Errorf("the PIN shows in %q", out)
			}
		}
	}
}

func TestPINZero(t *testing.T) {
	pin := PIN("123456")
	pin.Zero()
	for i, b := range []byte(pin) {
		if b != 0 {
			t.Fatalf("byte %d is still %d", i, b)
		}
	}
}

func TestPINErrorClasses(t *testing.T) {
	wrong := error(&PINError{Tries: TriesLow, Left: 2})
	locked := error(&PINError{Tries: TriesLocked})
	if !errors.Is(wrong, ErrPIN) || errors.Is(wrong, ErrLocked) {
		t.Error("a wrong PIN must be ErrPIN only")
	}
	if !errors.Is(locked, ErrPIN) || !errors.Is(locked, ErrLocked) {
		t.Error("a locked token must be ErrPIN and ErrLocked")
	}
}
