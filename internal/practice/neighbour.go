package practice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// Pace is how a neighbour uses its time.
type Pace struct {
	Look   time.Duration   // between two looks at the axis
	Letter time.Duration   // between two letters to our office
	Answer []time.Duration // before each of the statuses in steps, from the one before
}

// Living is the pace of the demo: an answer after seconds, a letter now and
// then, so that the clerk is busy but not chased.
func Living() Pace {
	return Pace{Look: 2 * time.Second, Letter: 3 * time.Minute,
		Answer: []time.Duration{time.Second, 3 * time.Second, 4 * time.Second, 6 * time.Second, 8 * time.Second}}
}

// steps are the statuses a neighbour reports on a document it takes.
func steps() []document.Status {
	return []document.Status{document.StatusArrived, document.StatusAccepted, document.StatusAssigned,
		document.StatusProcessing, document.StatusCompleted}
}

// refusesEvery: a neighbour returns every fourth document, so that refusals
// are met without being the rule.
const refusesEvery = 4

// maxPacket bounds what a neighbour fetches, in bytes.
const maxPacket = 256 << 20

// neighbour is one living body: it looks at the axis as its own system does,
// takes what came, reports on it step by step, and writes letters.
type neighbour struct {
	body
	client *axis.Client
	desk   *desk // writes and signs its letters
	memory *memory
	pace   Pace
	clock  document.Clock
	temp   string
	log    *slog.Logger
}

// live takes turns until ctx ends. What goes wrong is logged and tried again
// at the next turn: a neighbour never stops.
func (n *neighbour) live(ctx context.Context) {
	every := time.NewTicker(n.pace.Look)
	defer every.Stop()
	for {
		if err := n.turn(ctx); err != nil && ctx.Err() == nil {
			n.log.Warn("neighbour", "body", n.agency.Code, "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// turn does everything that is due now.
func (n *neighbour) turn(ctx context.Context) error {
	return errors.Join(n.take(ctx), n.readReports(ctx), n.report(ctx), n.write(ctx))
}

// take receives the documents that wait. A document is remembered before it
// is acknowledged, so that a crash repeats it instead of losing it.
func (n *neighbour) take(ctx context.Context) error {
	waiting, err := n.client.Received(ctx, axis.Edoc)
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if err := n.takeOne(ctx, r); err != nil {
			return fmt.Errorf("take %s: %w", r.DocID, err)
		}
	}
	return nil
}

func (n *neighbour) takeOne(ctx context.Context, r axis.Received) error {
	var packet bytes.Buffer
	if _, err := n.client.Fetch(ctx, r.DocID, &packet, maxPacket); err != nil {
		return err
	}
	dir, err := os.MkdirTemp(n.temp, "packet-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := edxml.Read(&packet, edxml.ReadOptions{Dir: dir})
	if err != nil || p.Document == nil {
		return n.client.Acknowledge(ctx, r.DocID, axis.Fail)
	}
	d := p.Document
	err = n.memory.change(func(m *remembered) {
		m.take(r.DocID, debt{As: r.To, At: n.clock().Add(n.pace.Answer[0]),
			For: document.Ref{Organ: d.From.Code, Reference: d.Code, Date: d.Date, ID: d.ID}})
	})
	if err != nil {
		return err
	}
	return n.client.Acknowledge(ctx, r.DocID, axis.Done)
}

// readReports takes the statuses we sent; a real body would show them.
func (n *neighbour) readReports(ctx context.Context) error {
	waiting, err := n.client.Received(ctx, axis.StatusMessage)
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if err := n.client.Acknowledge(ctx, r.DocID, axis.Done); err != nil {
			return err
		}
	}
	return nil
}

// report sends the statuses that are due. A status is forgotten after it was
// sent: sent twice is harmless, not sent is not.
func (n *neighbour) report(ctx context.Context) error {
	for _, d := range n.memory.due(n.clock()) {
		code, text := d.next()
		status := edxml.Status{From: n.as(d.As), For: d.For, Staff: n.people.clerk, Code: code, Description: text, Time: n.clock()}
		if err := n.sendStatus(ctx, status); err != nil {
			return fmt.Errorf("report %s on %s: %w", code, d.For.ID, err)
		}
		if err := n.memory.change(func(m *remembered) { m.paid(d, n.clock(), n.pace) }); err != nil {
			return err
		}
	}
	return nil
}

func (n *neighbour) sendStatus(ctx context.Context, s edxml.Status) error {
	var packet bytes.Buffer
	if err := edxml.WriteStatus(&packet, s); err != nil {
		return err
	}
	_, err := n.client.Send(ctx, axis.Message{From: s.From.Code, Type: axis.StatusMessage, To: []document.Code{s.For.Organ},
		Body: bytes.NewReader(packet.Bytes()), Size: int64(packet.Len())})
	return err
}

// as is the body a document was addressed to: the neighbour itself or one it
// answers for.
func (n *neighbour) as(code document.Code) document.Agency {
	for _, a := range n.also {
		if a.Code == code {
			return a
		}
	}
	return n.agency
}

// write sends the next letter of the stock when it is time. The number is
// taken before the letter goes, so that none is given twice.
func (n *neighbour) write(ctx context.Context) error {
	now := n.clock()
	if !n.memory.mayWrite(now) {
		return nil
	}
	var number, letter int
	err := n.memory.change(func(m *remembered) { number, letter = m.write(now, n.pace.Letter) })
	if err != nil {
		return err
	}
	all := stock(n.agency.Code)
	packet, err := n.desk.letter(ctx, all[letter%len(all)], number, now)
	if err != nil {
		return fmt.Errorf("letter %d: %w", number, err)
	}
	_, err = n.client.Send(ctx, axis.Message{From: n.agency.Code, Type: axis.Edoc, To: []document.Code{ourCode},
		Body: bytes.NewReader(packet), Size: int64(len(packet))})
	return err
}
