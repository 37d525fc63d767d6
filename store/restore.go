package store

import (
	"archive/tar"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"time"
)

// Restore unpacks a backup into dir, which must not hold a store: ErrExists. The
// store appears under its name only when everything was read and found right;
// ErrDamaged when the backup is cut or changed, ErrNewer when it is of a newer
// program, ErrFull when there is no room.
func Restore(dir string, r io.Reader) error {
	if err := restore(dir, r); err != nil {
		return fmt.Errorf("restore into %s: %w", dir, err)
	}
	return nil
}

func restore(dir string, r io.Reader) error {
	final := filepath.Join(dir, fileName)
	if _, err := os.Lstat(final); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(ErrExists, err)
	}
	if err := os.MkdirAll(filepath.Join(dir, blobFolder), 0o700); err != nil {
		return classify(err)
	}
	u := unpacker{store: &Store{dir: dir, clock: time.Now}, tar: tar.NewReader(r)}
	defer u.clean()
	if err := u.all(); err != nil {
		return classify(err)
	}
	if err := proveFile(u.database); err != nil {
		return err
	}
	if err := give(u.database, final); err != nil {
		return classify(err)
	}
	return syncDir(dir)
}

// unpacker is a restore on its way.
type unpacker struct {
	store    *Store
	tar      *tar.Reader
	database string // temporary file, "" until it was read
	blobs    int
}

func (u *unpacker) clean() {
	if u.database != "" {
		_ = os.Remove(u.database)
	}
}

// all reads entries up to the ending.
func (u *unpacker) all() error {
	for {
		h, err := u.tar.Next()
		if errors.Is(err, io.EOF) {
			return damaged("backup ends too early")
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		switch {
		case h.Typeflag != tar.TypeReg:
			err = damaged("backup holds %q, which is no file", h.Name)
		case h.Name == endName:
			return u.ending(h)
		case h.Name == fileName && u.database == "":
			err = u.readDatabase()
		default:
			err = u.readBlob(h.Name)
		}
		if err != nil {
			return err
		}
	}
}

func (u *unpacker) readDatabase() error {
	f, err := os.CreateTemp(u.store.dir, newPattern)
	if err != nil {
		return err
	}
	u.database = f.Name()
	_, err = io.Copy(f, u.tar)
	return errors.Join(cut(err), f.Sync(), f.Close())
}

func (u *unpacker) readBlob(name string) error {
	want := Hash(path.Base(name))
	if !want.Valid() || name != blobName(want) {
		return damaged("backup holds a foreign file %q", name)
	}
	got, _, err := u.store.PutBlob(u.tar, MaxBlob)
	if err == nil && got != want {
		err = damaged("blob %s holds other bytes", want)
	}
	u.blobs++
	return cut(err)
}

// cut puts the end of the stream in the middle of a file into its class.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

func (u *unpacker) ending(h *tar.Header) error {
	var e ending
	raw, err := io.ReadAll(io.LimitReader(u.tar, 4096))
	if err == nil {
		err = json.Unmarshal(raw, &e)
	}
	switch {
	case err != nil:
		return damaged("%s: %v", h.Name, err)
	case e.Format > formatVersion:
		return newer(e.Format, formatVersion)
	case u.database == "" || e.Blobs != u.blobs:
		return damaged("backup is not whole: %d blobs of %d", u.blobs, e.Blobs)
	}
	return nil
}

// proveFile opens a database under its temporary name, as Open would.
func proveFile(path string) error {
	db, _, err := openFile(path)
	if err != nil {
		return err
	}
	s := &Store{db: db}
	err = s.refuseShort()
	if err == nil {
		err = s.refuseNewer()
	}
	return errors.Join(err, guard(db.Close))
}
