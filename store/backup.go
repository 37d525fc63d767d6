package store

import (
	"archive/tar"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A backup is a tar stream: vanthu.db as it was at one moment, blobs/ab/abcdef…
// for every blob named then, and at last backup.json, without which it was cut
// off. Any tar program can unpack it into an empty folder.
const endName = "backup.json"

// ending is the content of backup.json.
type ending struct {
	Format uint32    `json:"format"`
	Blobs  int       `json:"blobs"`
	At     time.Time `json:"at"`
}

// Backup writes the whole store to w, blobs included, while others go on working.
// A blob that is named but missing or changed makes it fail: Check tells more.
func (s *Store) Backup(w io.Writer) error {
	s.blobs.collecting.RLock() // what is named now must last till the end
	defer s.blobs.collecting.RUnlock()
	t := tar.NewWriter(w)
	var blobs []Hash
	err := s.View(func(tx *Tx) (err error) {
		if blobs, err = tx.backupBlobs(); err != nil {
			return err
		}
		return guard(func() error { return copyDatabase(t, tx.b, tx.now) })
	})
	for _, h := range blobs {
		if err == nil {
			err = s.copyBlob(t, h)
		}
	}
	if err == nil {
		err = writeEnding(t, ending{Format: formatVersion, Blobs: len(blobs), At: s.clock().Round(0)})
	}
	if err == nil {
		err = t.Close()
	}
	if err != nil {
		return fmt.Errorf("backup: %w", classify(err))
	}
	return nil
}

// backupBlobs lists the blobs records name, and of what only looks like a name
// in jobs and lines those that are there.
func (tx *Tx) backupBlobs() ([]Hash, error) {
	named, err := tx.namedBlobs(context.Background())
	if err != nil {
		return nil, err
	}
	var list []Hash
	for h, how := range named {
		_, err := os.Stat(tx.s.BlobPath(h))
		if err != nil && how != listed {
			continue
		}
		list = append(list, h)
	}
	slices.Sort(list)
	return list, nil
}

func copyDatabase(t *tar.Writer, b *bolt.Tx, now time.Time) error {
	if err := t.WriteHeader(header(fileName, b.Size(), now)); err != nil {
		return err
	}
	_, err := b.WriteTo(t)
	return err
}

func header(name string, size int64, now time.Time) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, ModTime: now, Format: tar.FormatPAX}
}

func (s *Store) copyBlob(t *tar.Writer, h Hash) error {
	if err := verifyFile(s.BlobPath(h), h); err != nil {
		return fmt.Errorf("blob %s: %w", h, err)
	}
	f, err := s.OpenBlob(h)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(header(blobName(h), info.Size(), info.ModTime())); err != nil {
		return err
	}
	_, err = io.Copy(t, f)
	return err
}

// blobName is the name of a blob inside a backup, with slashes everywhere.
func blobName(h Hash) string { return blobFolder + "/" + string(h[:2]) + "/" + string(h) }

func writeEnding(t *tar.Writer, e ending) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if err := t.WriteHeader(header(endName, int64(len(raw)), e.At)); err != nil {
		return err
	}
	_, err = t.Write(raw)
	return err
}
