package axissim

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// serveRaw answers with a packet as it is. Where it is offered the packet comes
// compressed and from any byte of the compressed form, which is made once, so
// that what a client fetched before a cut fits what it fetches after (RFC 9110
// §8.8.3: the tag is that of the encoded representation).
func (a *Axis) serveRaw(w http.ResponseWriter, r *http.Request, path, contentType string) error {
	encoding := a.chosen(r)
	f, err := a.encodedPacket(path, encoding)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	if a.options.Offers.Compression {
		h.Set("Vary", "Accept-Encoding")
	}
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if !a.options.Offers.Range {
		h.Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		io.Copy(w, f) // the client sees a short answer
		return nil
	}
	h.Set("ETag", tag(info, encoding))
	http.ServeContent(&sized{w, info.Size()}, r, "", time.Time{}, f)
	return nil
}

// tag names bytes that never change: the file is written once, and written anew
// it is another.
func tag(info os.FileInfo, encoding string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %d %s", info.Name(), info.Size(), info.ModTime().UnixNano(), encoding))
	return fmt.Sprintf(`"%x"`, sum[:12])
}

// sized tells the length of whole answers: net/http leaves it out of encoded
// ones, and a client wants to know what a Range would leave.
type sized struct {
	http.ResponseWriter
	size int64
}

// WriteHeader adds the length to an answer of the whole.
func (s *sized) WriteHeader(status int) {
	if status == http.StatusOK {
		s.Header().Set("Content-Length", strconv.FormatInt(s.size, 10))
	}
	s.ResponseWriter.WriteHeader(status)
}

// encodedPacket opens the encoded form of a packet's file, made when missing.
func (a *Axis) encodedPacket(path, encoding string) (*os.File, error) {
	if encoding == "" {
		return os.Open(path)
	}
	a.encoding.Lock()
	defer a.encoding.Unlock()
	made := path + "." + encoding
	if f, err := os.Open(made); !errors.Is(err, os.ErrNotExist) {
		return f, err
	}
	if err := encodeFile(made, path, encoding); err != nil {
		return nil, err
	}
	return os.Open(made)
}

// encodeFile makes the file to from the file from; what a crash leaves has
// another name.
func encodeFile(to, from, encoding string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), "encode-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	e, err := encoder(encoding, out, gzipPacket)
	if err == nil {
		_, err = io.Copy(e, in)
		err = errors.Join(err, e.Close())
	}
	if err := errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
