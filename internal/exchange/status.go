package exchange

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/store"
)

// statusJob is the payload of a "status" job: the fixed bytes and who gets them.
type statusJob struct {
	Packet store.Hash    `json:"packet"`
	Size   int64         `json:"size"`
	To     document.Code `json:"to"`
}

// status sends a report. A repetition after a lost answer is harmless: receivers
// drop a status they have (axis.md §5.2).
func (e *Exchange) status(ctx context.Context, j store.Job, progress func(done, total int64)) error {
	var p statusJob
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fmt.Errorf("status job: %w", err)
	}
	_, err := e.post(ctx, axis.StatusMessage, p.Packet, p.Size, []document.Code{p.To}, progress)
	return err
}

// post sends a packet of the store.
func (e *Exchange) post(ctx context.Context, t axis.MessageType, packet store.Hash, size int64, to []document.Code, progress func(done, total int64)) (string, error) {
	f, err := e.Store.OpenBlob(packet)
	if err != nil {
		return "", err
	}
	defer f.Close()
	body := &gauge{File: f, total: size, progress: progress}
	return e.Axis.Send(ctx, axis.Message{From: e.Outbox.Agency.Code, Type: t, To: to, Body: body, Size: size})
}

// gauge reports how much of a packet went out. The client reads it twice, first
// for its hash; each pass begins with a seek to the start, and only what the
// second reads is reported.
type gauge struct {
	*os.File
	starts   int
	done     int64
	total    int64
	progress func(done, total int64)
}

// Seek counts the passes.
func (g *gauge) Seek(offset int64, whence int) (int64, error) {
	if offset == 0 && whence == io.SeekStart {
		g.starts++
		g.done = 0
	}
	return g.File.Seek(offset, whence)
}

// Read reports the bytes of the pass that goes out.
func (g *gauge) Read(p []byte) (int, error) {
	n, err := g.File.Read(p)
	if g.starts > 1 && n > 0 {
		g.done += int64(n)
		g.progress(g.done, g.total)
	}
	return n, err
}

// WriteTo hides that of os.File, which would pass Read by.
func (g *gauge) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{g})
}
