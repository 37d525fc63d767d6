package journey

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// liveAndDie runs a program and kills it after a while. That it ends by itself
// before is an error: it is meant to go on for ever.
func liveAndDie(cmd *exec.Cmd, log string, after time.Duration) error {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	cmd.Stdout, cmd.Stderr = f, f
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return fmt.Errorf("%s ended by itself (%v); %s", cmd, err, tail(log))
	case <-time.After(after):
		_ = cmd.Process.Kill()
		<-ended
		return nil
	}
}

// tail is the end of a log.
func tail(log string) string {
	text, err := os.ReadFile(log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

// axis is the axis's program with these flags besides.
func (x *traffic) axis(flags []string) *exec.Cmd {
	args := []string{"axis", "serve", "--listen", x.address, "--data", filepath.Join(x.dir, "axis"), "--mode", x.mode}
	for _, o := range x.offices {
		args = append(args, "--system", o.system+"="+o.home.SecretFile(), "--agency", string(o.agency.Code)+"="+o.agency.Name)
	}
	return exec.Command(binary, append(args, flags...)...)
}

// startUntilReady starts an axis and waits until it listens.
func startUntilReady(cmd *exec.Cmd, log string) (*exec.Cmd, error) {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	cmd.Stderr = f
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	said, err := bufio.NewReader(out).ReadString('\n')
	if !strings.HasPrefix(said, "listening on ") {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("the axis said %q (%v); %s", said, err, tail(log))
	}
	return cmd, nil
}

// freeAddress is a loopback address nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
