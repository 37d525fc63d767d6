package axissim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// eventLog is the append-only file of events, one JSON object a line. A line is
// durable when append returns; a last line that a crash cut short was never
// confirmed to anybody and is dropped at the next start.
type eventLog struct {
	f    *os.File
	size int64
}

func openLog(path string, apply func(event)) (*eventLog, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	l := &eventLog{f: f}
	if err := l.replay(apply); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, syncDir(filepath.Dir(path))
}

func (l *eventLog) replay(apply func(event)) error {
	r := bufio.NewReader(l.f)
	for line := 1; ; line++ {
		b, err := r.ReadBytes('\n')
		if err == io.EOF {
			break // b, if anything, is a line cut short
		}
		if err != nil {
			return err
		}
		var e event
		if err := json.Unmarshal(bytes.TrimSpace(b), &e); err != nil {
			return fmt.Errorf("%s line %d: %w", l.f.Name(), line, err)
		}
		apply(e)
		l.size += int64(len(b))
	}
	if err := l.f.Truncate(l.size); err != nil {
		return err
	}
	_, err := l.f.Seek(l.size, io.SeekStart)
	return err
}

// append writes an event durably. After an error the file is put back, so that
// half a line cannot stand before the next one.
func (l *eventLog) append(e event) error {
	b, err := json.Marshal(e)
	if err != nil {
		return err
	}
	b = append(b, '\n')
	_, err = l.f.WriteAt(b, l.size)
	if err == nil {
		err = l.f.Sync()
	}
	if err != nil {
		return errors.Join(err, l.f.Truncate(l.size))
	}
	l.size += int64(len(b))
	return nil
}

func (l *eventLog) close() error { return l.f.Close() }

// syncDir makes a rename durable where the system can sync folders.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	d.Sync() // Windows refuses; there the rename itself is durable
	return d.Close()
}
