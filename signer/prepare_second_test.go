package signer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
)

// TestSecondReading: what another parser sees counts, and what it cannot read is not held against a file.
func TestSecondReading(t *testing.T) {
	keys := newPKI(t)
	in := sheet{}.build(t)
	prepared, name, err := prepareApproval(bytes.NewReader(in), testLayout())
	must(t, err)
	plan, err := planLeader(prepared, name, keys.leader, testApproval(t))
	must(t, err)
	r, _, err := prepareLeader(t.Context(), plan)
	must(t, err)
	if err := secondReading(t.Context(), prepared, r, name); err != nil {
		t.Errorf("honest: %v", err)
	}
	if err := secondReading(t.Context(), prepared, r, "another"); !errors.Is(err, ErrCannotSign) {
		t.Errorf("no such field: %v", err)
	}
	two := bytes.NewReader(paper{count: 2}.build())
	if err := secondReading(t.Context(), two, r, name); !errors.Is(err, ErrCannotSign) {
		t.Errorf("a page lost: %v", err)
	}
	moved := *r
	moved.start += 2
	if err := secondReading(t.Context(), prepared, &moved, name); !errors.Is(err, ErrCannotSign) {
		t.Errorf("another hole: %v", err)
	}
	cut := *r
	cut.tail = cut.tail[:len(cut.tail)-40]
	if err := secondReading(t.Context(), prepared, &cut, name); !errors.Is(err, ErrCannotSign) {
		t.Errorf("cut short: %v", err)
	}
	if err := secondReading(t.Context(), bytes.NewReader([]byte("no PDF")), r, name); err != nil {
		t.Errorf("an input it cannot read: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	release := make(chan struct{})
	defer close(release)
	if err := secondReading(ctx, stuck{release}, r, name); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// stuck is a file whose reading does not end before the test does.
type stuck struct{ release chan struct{} }

func (stuck) Size() int64 { return 1 << 20 }

func (s stuck) ReadAt([]byte, int64) (int, error) {
	<-s.release
	return 0, io.EOF
}
