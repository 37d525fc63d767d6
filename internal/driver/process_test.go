package driver

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/miekg/pkcs11"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if code, asked := Main(os.Args); asked {
		os.Exit(code)
	}
	if os.Getenv("VANTHU_TEST_MUTE") != "" { // a helper that never answers
		io.Copy(io.Discard, os.Stdin)
		select {}
	}
	goleak.VerifyTestMain(m)
}

func start(t *testing.T, library string) *Process {
	t.Helper()
	cmd, err := Command(library)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	return p
}

func TestLibraryThatIsNone(t *testing.T) {
	for _, path := range []string{"relative.so", "/nowhere.so", "/dev/null"} {
		p := start(t, path)
		if err := p.Initialize(); err == nil || errors.Is(err, ErrDied) {
			t.Errorf("%s: %v", path, err)
		}
		if _, err := p.GetSlotList(true); err == nil || errors.Is(err, ErrDied) {
			t.Errorf("%s: a call before the library is loaded: %v", path, err)
		}
	}
}

// TestKillEndsACallUnderWay: a driver that hangs costs no more than its time.
func TestKillEndsACallUnderWay(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "VANTHU_TEST_MUTE=1")
	p, err := Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error)
	go func() { _, err := p.GetInfo(); failed <- err }()
	time.AfterFunc(10*time.Millisecond, p.Kill)
	if err := <-failed; !errors.Is(err, ErrDied) {
		t.Errorf("killed: %v", err)
	}
	if _, err := p.GetInfo(); !errors.Is(err, ErrDied) {
		t.Errorf("after the end: %v", err)
	}
}

// TestServeEndsWithItsLine: no helper outlives the program.
func TestServeEndsWithItsLine(t *testing.T) {
	cmd, err := Command("/nowhere.so")
	if err != nil {
		t.Fatal(err)
	}
	line, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

func TestAnswersComeBackAsTheyWere(t *testing.T) {
	for _, want := range []error{nil, pkcs11.Error(pkcs11.CKR_PIN_INCORRECT), errors.New("không nạp được")} {
		var b bytes.Buffer
		if err := answer(want).text("sau").send(&b); err != nil {
			t.Fatal(err)
		}
		f, err := receive(&b)
		if err != nil {
			t.Fatal(err)
		}
		got := f.outcome()
		if (got == nil) != (want == nil) || got != nil && got.Error() != want.Error() {
			t.Errorf("%v came back as %v", want, got)
		}
		if f.text() != "sau" || f.err != nil {
			t.Errorf("%v: what follows is lost: %v", want, f.err)
		}
	}
}

// TestSentSecretIsWiped: the frame of a PIN holds nothing after it is out.
func TestSentSecretIsWiped(t *testing.T) {
	f := newFrame(opLogin).number(1).number(1).number(0).secret([]byte("12345678"))
	var b bytes.Buffer
	if err := f.send(&b); err != nil || !strings.Contains(b.String(), "12345678") {
		t.Fatalf("%v: %q", err, b.String())
	}
	if bytes.Contains(f.b[:cap(f.b)], []byte("1234")) {
		t.Error("the PIN is still in the frame")
	}
}

// FuzzFrames: whatever comes over the line, the helper answers or ends.
func FuzzFrames(f *testing.F) {
	seed := func(fr *frame) {
		var b bytes.Buffer
		if fr.send(&b) == nil {
			f.Add(b.Bytes())
		}
	}
	seed(newFrame(opInitialize))
	seed(newFrame(opLogin).number(1).number(1).number(0).secret([]byte("1")))
	seed(newFrame(opFind).number(1).number(9).template([]*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, uint(1))}))
	seed(newFrame(255).numbers([]uint{1, 2}))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, line []byte) {
		_ = serve("relative.so", bytes.NewReader(line), io.Discard)
		if g, err := receive(bytes.NewReader(line)); err == nil {
			_ = g.outcome()
			g.numbers()
			g.template()
		}
	})
}
