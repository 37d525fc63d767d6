package cli

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"vanthu/signer"
)

// maxPIN bounds what is read as a PIN; PKCS#11 tokens take at most 255 bytes.
const maxPIN = 255

// pinUser is a verb that needs the holder's PIN before it runs.
type pinUser interface{ pinSource() pinFlags }

// pinFlags says where a PIN comes from. There is no flag that holds the PIN
// itself: arguments are seen by every user of the machine and kept in shell
// histories.
type pinFlags struct {
	PINFile  string `name:"pin-file" placeholder:"TỆP" xor:"pin" help:"Đọc mã PIN ở dòng đầu của tệp; không cần khi PIN nhập trên đầu đọc."`
	PINStdin bool   `name:"pin-stdin" xor:"pin" help:"Đọc mã PIN ở dòng đầu của đầu vào chuẩn."`
}

func (p pinFlags) pinSource() pinFlags { return p }

// read gets the PIN: from the file, from standard input, or typed unseen. It is empty
// when there is none; whether the key needs one is known when the key is opened.
func (p pinFlags) read(c *call) (signer.PIN, error) {
	if p.PINFile != "" {
		f, err := os.Open(c.path(p.PINFile))
		if err != nil {
			return nil, fmt.Errorf("PIN file: %w", err)
		}
		defer f.Close()
		return firstLine(f)
	}
	if p.PINStdin {
		return firstLine(c.in)
	}
	tty, ok := c.in.(*os.File)
	if !ok || !term.IsTerminal(int(tty.Fd())) {
		return signer.PIN{}, nil
	}
	fmt.Fprint(c.err, "Mã PIN (nhập trên đầu đọc thì để trống): ")
	typed, err := term.ReadPassword(int(tty.Fd()))
	fmt.Fprintln(c.err)
	if err != nil {
		return nil, fmt.Errorf("read PIN: %w", err)
	}
	return signer.PIN(typed), nil
}

// openKey opens a key with the caller's PIN. A key whose reader has keys of its own
// needs none here: its holder is told where to type it.
func (c *call) openKey(w *workplace, ref string, lastTry bool) (*openKey, error) {
	if len(c.pin) == 0 && ref != "" {
		if !w.keys.padded(c.ctx, ref) {
			return nil, badUsage("cần mã PIN: thêm --pin-file TỆP hoặc --pin-stdin")
		}
		fmt.Fprintln(c.err, "Nhập PIN trên đầu đọc.")
	}
	return w.keys.open(c.ctx, ref, c.pin, lastTry)
}

// firstLine reads a PIN up to the end of its line.
func firstLine(r io.Reader) (signer.PIN, error) {
	line, err := bufio.NewReader(io.LimitReader(r, maxPIN+2)).ReadBytes('\n')
	if err != nil && err != io.EOF {
		return nil, fmt.Errorf("read PIN: %w", err)
	}
	pin := bytes.TrimRight(line, "\r\n")
	if len(pin) == 0 || len(pin) > maxPIN {
		return nil, badUsage("mã PIN trống hoặc dài quá %d ký tự", maxPIN)
	}
	return signer.PIN(pin), nil
}
