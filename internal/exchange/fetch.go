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
	"vanthu/internal/courier"
	"vanthu/internal/edxml"
	"vanthu/outbox"
	"vanthu/store"
)

// Downloader is an Axis that can go on where a fetch was broken off;
// *axis.Client has it. With one that has not, every fetch begins anew.
type Downloader interface {
	Download(ctx context.Context, docID string, d axis.Download) (axis.Brought, error)
}

// fetch brings one copy: to a part file that survives restarts, into the store,
// to the desk it is for. The acknowledgement is queued by the desk with the
// record, so a crash before that fetches again and a crash after it fetches
// nothing.
func (e *Exchange) fetch(ctx context.Context, j store.Job, progress func(done, total int64)) error {
	var p fetchJob
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("fetch job: %w", err)
	}
	base, err := e.part(j.ID)
	if err != nil {
		return err
	}
	if _, known, err := e.known(p.AxisID); err != nil || known {
		return errors.Join(err, removeIfThere(fetchPart(base)))
	}
	packet, size, err := e.bring(ctx, p.AxisID, fetchPart(base), progress)
	if err == nil {
		err = e.deliver(ctx, p, packet, size)
	} else {
		err = fmt.Errorf("fetch %s: %w", p.AxisID, err)
	}
	if err == nil || errors.Is(err, axis.ErrTooLarge) {
		return errors.Join(err, removeIfThere(fetchPart(base)))
	}
	return err
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

// bring gets a copy into the store. One that cannot be read and may have been
// damaged on the way is asked for again before that is believed of it: from its
// start when it was joined, then the other way, in whose answer a damage shows.
// Believed, it would be acknowledged as unusable and be off the list for good.
func (e *Exchange) bring(ctx context.Context, axisID, part string, progress func(done, total int64)) (store.Hash, int64, error) {
	downloader, ok := e.Axis.(Downloader)
	if !ok {
		return e.download(ctx, axisID, progress)
	}
	for again := false; ; again = true {
		var packet store.Hash
		var size int64
		how, err := downloader.Download(ctx, axisID, axis.Download{
			Part: part, Limit: e.maxPacket(), Progress: progress,
			To: func(r io.Reader) (err error) { packet, size, err = e.Store.PutBlob(r, e.maxPacket()); return err },
		})
		if err != nil || !how.Doubtful() {
			return packet, size, err
		}
		if sound, err := e.readable(packet); err != nil || sound {
			return packet, size, err
		}
		if err := removeIfThere(part); err != nil {
			return "", 0, err
		}
		if !how.Joined || again {
			return e.secondOpinion(ctx, axisID, packet, size, progress)
		}
	}
}

// secondOpinion fetches a packet that cannot be read the other way. Where there
// is no other way, it stays the one that came.
func (e *Exchange) secondOpinion(ctx context.Context, axisID string, packet store.Hash, size int64, progress func(done, total int64)) (store.Hash, int64, error) {
	second, n, err := e.download(ctx, axisID, progress)
	var rejected *axis.Rejected
	if errors.Is(err, axis.ErrUnsupported) || errors.As(err, &rejected) && !errors.Is(rejection(rejected), courier.ErrNeedsClerk) {
		return packet, size, nil
	}
	return second, n, err
}

// readable tells whether a packet of the store can be taken apart.
func (e *Exchange) readable(packet store.Hash) (bool, error) {
	f, err := e.Store.OpenBlob(packet)
	if err != nil {
		return false, err
	}
	defer f.Close()
	p, err := edxml.Read(f, edxml.ReadOptions{Dir: e.TempDir, MaxPacket: e.maxPacket()})
	if errors.Is(err, edxml.ErrBroken) || errors.Is(err, edxml.ErrTooLarge) || errors.Is(err, edxml.ErrForbidden) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p.Remove()
	return true, nil
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
