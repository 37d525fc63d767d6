package axissim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func (a *Axis) packetDir() string { return filepath.Join(a.options.Dir, "packets") }

func (a *Axis) packetPath(docID string) string {
	return filepath.Join(a.packetDir(), docID+".edxml")
}

// sweep removes what crashes left: files that no message names.
func (a *Axis) sweep() error {
	files, err := os.ReadDir(a.packetDir())
	if err != nil {
		return err
	}
	for _, f := range files {
		id, ok := strings.CutSuffix(strings.TrimSuffix(strings.TrimSuffix(f.Name(), ".zstd"), ".gzip"), ".edxml")
		id = strings.TrimSuffix(id, deliveredMark)
		if _, known := a.state.sent[id]; !ok || !known {
			if err := os.RemoveAll(filepath.Join(a.packetDir(), f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// arrival is a packet on its way in: a temporary file and the hashes of the body
// with and without its last CRLF.
type arrival struct {
	file        *os.File
	size        int64
	whole, less []byte
	crlf        bool
}

// receive takes a body of at most max bytes.
func receive(dir string, body io.Reader, max int64) (*arrival, error) {
	f, err := os.CreateTemp(dir, "arrival-*")
	if err != nil {
		return nil, err
	}
	u := &arrival{file: f}
	if err := u.fill(io.LimitReader(body, max+1)); err != nil {
		u.discard()
		return nil, err
	}
	return u, nil
}

// fill copies and hashes, keeping two bytes back for the hash without CRLF.
func (u *arrival) fill(body io.Reader) error {
	h, held, buf := sha256.New(), []byte(nil), make([]byte, 32<<10)
	for {
		n, err := body.Read(buf)
		if _, werr := u.file.Write(buf[:n]); werr != nil {
			return werr
		}
		u.size += int64(n)
		held = append(held, buf[:n]...)
		if keep := len(held) - 2; keep > 0 {
			h.Write(held[:keep])
			held = append(held[:0], held[keep:]...)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	u.less, u.crlf = h.Sum(nil), bytes.Equal(held, []byte("\r\n"))
	h.Write(held)
	u.whole = h.Sum(nil)
	return nil
}

// settle decides by hash-file what the packet is: the body without one CRLF, or
// the body as it came. Both are accepted with padded and with unpadded bytes.
func (u *arrival) settle(hashFile string) (bool, error) {
	hashFile = strings.ToLower(strings.TrimSpace(hashFile))
	switch {
	case u.crlf && (hashFile == hex.EncodeToString(u.less) || hashFile == unpadded(u.less)):
		u.size -= 2
		return true, u.file.Truncate(u.size)
	case hashFile == hex.EncodeToString(u.whole) || hashFile == unpadded(u.whole):
		return true, nil
	}
	return false, nil
}

// unpadded prints bytes as the SDK does: one digit below 0x10.
func unpadded(sum []byte) string {
	var b strings.Builder
	for _, v := range sum {
		b.WriteString(strconv.FormatUint(uint64(v), 16))
	}
	return b.String()
}

// keep makes the packet durable under path.
func (u *arrival) keep(path string) error {
	if err := errors.Join(u.file.Sync(), u.file.Close()); err != nil {
		return err
	}
	if err := os.Rename(u.file.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// discard drops what keep has not taken; after keep it does nothing.
func (u *arrival) discard() {
	u.file.Close()
	os.Remove(u.file.Name())
}

// forget removes the files of a message that was never confirmed.
func (a *Axis) forget(m *message) error {
	err := os.Remove(a.packetPath(m.DocID))
	if a.options.Reprint {
		err = errors.Join(err, os.Remove(a.deliveredPath(m.DocID)))
	}
	return err
}
