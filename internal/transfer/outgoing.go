package transfer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Outgoing is a body on its way up and how far it has got: two files, base.up
// with the bytes as they go out and base.json with the rest.
type Outgoing struct {
	base  string
	file  *os.File
	state outgoingState
}

type outgoingState struct {
	Name     string `json:"name"`     // of the content, the caller's
	Encoding string `json:"encoding"` // "", zstd or gzip
	Size     int64  `json:"size"`     // of the bytes that go out
	Sum      string `json:"sum"`      // their SHA-256
	URL      string `json:"url"`      // of the upload at the server, "" before there is one
	Complete bool   `json:"complete"` // the server has everything
}

// worth is the share of the length, in hundredths, that packing must save at
// least.
const worth = 3

// OpenOutgoing takes up the body called name where it was left, or returns
// fs.ErrNotExist when there is nothing sound of that name at base.
func OpenOutgoing(base, name string) (*Outgoing, error) {
	o := &Outgoing{base: base}
	text, err := os.ReadFile(base + ".json")
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(text, &o.state) != nil || o.state.Name != name {
		return nil, fmt.Errorf("%s: %w", base, fs.ErrNotExist)
	}
	if o.file, err = os.Open(base + ".up"); err != nil {
		return nil, err
	}
	n, sum, err := measure(o.file)
	if err == nil && (n != o.state.Size || sum != o.state.Sum) {
		err = fmt.Errorf("%s: %w", base, fs.ErrNotExist)
	}
	if err != nil {
		return nil, errors.Join(err, o.file.Close())
	}
	return o, nil
}

// Begun tells whether a body is kept at base that a server has begun to take.
func Begun(base string) bool {
	var s outgoingState
	text, err := os.ReadFile(base + ".json")
	return err == nil && json.Unmarshal(text, &s) == nil && s.URL != ""
}

func measure(r io.Reader) (int64, string, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	return n, hex.EncodeToString(h.Sum(nil)), err
}

// NewOutgoing prepares the size bytes of body to go up, packed when a coding is
// given and it saves something. What was kept at base before is overwritten.
func NewOutgoing(base, name string, body io.Reader, size int64, coding string) (*Outgoing, error) {
	f, err := os.OpenFile(base+".up", os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	o := &Outgoing{base: base, file: f, state: outgoingState{Name: name, Encoding: coding}}
	if err := o.fill(body, size); err != nil {
		return nil, errors.Join(err, o.Remove())
	}
	return o, nil
}

func (o *Outgoing) fill(body io.Reader, size int64) error {
	var err error
	if o.state.Encoding == "" {
		_, err = io.CopyN(o.file, body, size)
	} else {
		err = Pack(o.file, body, size, o.state.Encoding)
	}
	if err != nil {
		return err
	}
	if _, err := o.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if o.state.Size, o.state.Sum, err = measure(o.file); err != nil {
		return err
	}
	return o.save()
}

// Saves tells whether packing has saved enough of size to send the body so.
func (o *Outgoing) Saves(size int64) bool { return o.state.Size < size-size*worth/100 }

// Encoding is the coding of the bytes that go out.
func (o *Outgoing) Encoding() string { return o.state.Encoding }

// Size is how many bytes go out.
func (o *Outgoing) Size() int64 { return o.state.Size }

// URL is where the server keeps the upload; "" while it has none.
func (o *Outgoing) URL() string { return o.state.URL }

// Complete tells that the server has all the bytes.
func (o *Outgoing) Complete() bool { return o.state.Complete }

// Body reads the bytes from offset on.
func (o *Outgoing) Body(offset int64) io.Reader {
	return io.NewSectionReader(o.file, offset, o.state.Size-offset)
}

// Forget drops what is known of the server's side; the next Upload begins anew.
func (o *Outgoing) Forget() error { return o.moved("", false) }

func (o *Outgoing) moved(url string, complete bool) error {
	o.state.URL, o.state.Complete = url, complete
	return o.save()
}

// save replaces base.json in one step. It is not synced: what a loss of power
// takes is begun again.
func (o *Outgoing) save() error {
	text, err := json.Marshal(o.state)
	if err == nil {
		err = os.WriteFile(o.base+".tmp", text, 0o600)
	}
	if err == nil {
		err = os.Rename(o.base+".tmp", o.base+".json")
	}
	return err
}

// Close keeps the files for the next try.
func (o *Outgoing) Close() error { return o.file.Close() }

// Remove closes and deletes the files.
func (o *Outgoing) Remove() error { return errors.Join(o.file.Close(), RemoveOutgoing(o.base)) }

// RemoveOutgoing deletes what is kept at base, if anything.
func RemoveOutgoing(base string) error {
	var errs []error
	for _, end := range []string{".json", ".tmp", ".up"} {
		if err := os.Remove(base + end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
