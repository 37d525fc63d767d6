package exchange

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/edxml"
	"vanthu/outbox"
	"vanthu/store"
)

// fetch brings one copy: to a temporary file, into the store, to the desk it is
// for. The acknowledgement is queued by the desk with the record, so a crash
// before that fetches again and a crash after it fetches nothing.
func (e *Exchange) fetch(ctx context.Context, j store.Job, progress func(done, total int64)) error {
	var p fetchJob
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("fetch job: %w", err)
	}
	if _, known, err := e.known(p.AxisID); err != nil || known {
		return err
	}
	packet, size, err := e.download(ctx, p.AxisID, progress)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", p.AxisID, err)
	}
	return e.deliver(ctx, p, packet, size)
}

// deliver hands a packet to the desk it is for. The list's word for its kind is
// tried first; the packet itself decides.
func (e *Exchange) deliver(ctx context.Context, p fetchJob, packet store.Hash, size int64) error {
	receive := func() error {
		_, err := e.Inbox.Receive(ctx, inbox.Arrival{AxisID: p.AxisID, From: p.From, To: p.To, Packet: packet, Size: size})
		return err
	}
	take := func() error { return e.Outbox.TakeStatus(ctx, p.AxisID, packet, size) }
	if p.Type == axis.StatusMessage {
		err := take()
		if errors.Is(err, outbox.ErrNotStatus) {
			return receive()
		}
		return err
	}
	err := receive()
	if errors.Is(err, inbox.ErrNotDocument) {
		return take()
	}
	return err
}

// download streams a copy to a temporary file and from there into the store,
// so that only whole packets become blobs.
func (e *Exchange) download(ctx context.Context, axisID string, progress func(done, total int64)) (store.Hash, int64, error) {
	f, err := os.CreateTemp(e.TempDir, "fetch-*.edxml")
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = errors.Join(f.Close(), os.Remove(f.Name())) }()
	size, err := e.Axis.Fetch(ctx, axisID, &meter{w: f, progress: progress}, e.maxPacket())
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return "", 0, err
	}
	return e.Store.PutBlob(io.LimitReader(f, size), size)
}

func (e *Exchange) maxPacket() int64 {
	if e.MaxPacket > 0 {
		return e.MaxPacket
	}
	return edxml.DefaultMaxPacket
}

// meter reports the bytes written through it. The total of a fetch is not
// known beforehand: it is 0.
type meter struct {
	w        io.Writer
	done     int64
	progress func(done, total int64)
}

// Write passes bytes on and reports how many.
func (m *meter) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.done += int64(n)
	m.progress(m.done, 0)
	return n, err
}
