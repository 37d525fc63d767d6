package outbox_test

import (
	"context"
	"math"
	"strings"
	"testing"

	"vanthu/internal/document"
	"vanthu/outbox"
)

// pager is a press that knows sizes: one page of A4.
type pager struct{ press }

func (pager) PageSizes(context.Context, []byte) ([][2]float64, error) {
	return [][2]float64{{595, 842}}, nil
}

func (pager) Layout(context.Context, []byte) (document.Layout, error) {
	return document.Layout{
		Number: document.Box{Page: 1, X: 150, Y: 700, W: 40, H: 14},
		Sign:   document.Box{Page: 1, X: 350, Y: 100, W: 108, H: 64},
		Seal:   document.Box{Page: 1, X: 284, Y: 81, W: 102, H: 102},
	}, nil
}

func TestSetLayout(t *testing.T) {
	o := newOffice(t)
	o.Press = pager{}
	doc := o.create(draft())
	l := doc.Layout
	l.Seal.X, l.Seal.Y = l.Seal.X-14, l.Seal.Y+6
	got := must(t)(o.SetLayout(doc.ID, l))
	if got.Layout != l || got.Proposed != doc.Layout || got.State != outbox.Drafting || got.File != doc.File {
		t.Errorf("%+v", got)
	}
	if again := must(t)(o.Get(doc.ID)); again.Layout != l {
		t.Errorf("kept %+v", again.Layout)
	}
}

// TestPlacesAreRemembered by type and unit, as shifts from where the page asks.
func TestPlacesAreRemembered(t *testing.T) {
	o := newOffice(t)
	o.Press = pager{}
	doc := o.create(draft())
	l := doc.Layout
	l.Seal.X, l.Seal.Y = l.Seal.X-14, l.Seal.Y+6
	must(t)(o.SetLayout(doc.ID, l))
	if next := o.create(draft()); next.Layout != l || next.Proposed != doc.Layout {
		t.Errorf("next of the kind: %+v", next.Layout)
	}
	other := draft()
	other.Unit = "VHXH"
	if next := o.create(other); next.Layout != doc.Layout {
		t.Errorf("another unit: %+v", next.Layout)
	}
	replaced := must(t)(o.ReplaceFile(doc.ID, strings.NewReader("%PDF-1.7 lại")))
	if replaced.Layout != l {
		t.Errorf("after another file: %+v", replaced.Layout)
	}
	// moved back to where the page asks, nothing is remembered any more
	must(t)(o.SetLayout(doc.ID, doc.Proposed))
	if next := o.create(draft()); next.Layout != doc.Proposed {
		t.Errorf("after moving back: %+v", next.Layout)
	}
	o.checkStore()
}

// TestRememberedPlacesStayOnThePage: the edge stops a shift.
func TestRememberedPlacesStayOnThePage(t *testing.T) {
	o := newOffice(t)
	o.Press = pager{}
	doc := o.create(draft())
	l := doc.Layout
	l.Sign.X, l.Seal.Y = 3000, 0 // a page larger than the next one's
	must(t)(o.SetLayout(doc.ID, l))
	next := o.create(draft())
	if next.Layout.Sign.X != 595-108 || next.Layout.Seal.Y != 0 {
		t.Errorf("%+v", next.Layout)
	}
}

// named finds each signer's own place.
type named struct{ pager }

func (named) LayoutFor(_ context.Context, _ []byte, s document.Signer) (document.Layout, error) {
	return document.Layout{Sign: document.Box{Page: 1, X: float64(len(s.Name)), Y: 100, W: 108, H: 64}}, nil
}

// TestPlaceOfTheSigner: who signs the draft tells which of two names is meant.
func TestPlaceOfTheSigner(t *testing.T) {
	o := newOffice(t)
	o.Press = named{}
	r := draft()
	if doc := o.create(r); doc.Layout.Sign.X != float64(len(r.Signer.Name)) || doc.Proposed != doc.Layout {
		t.Errorf("%+v", doc.Layout)
	}
}

// TestAnotherSignerHasAnotherPlace: an edit of who signs finds the other block;
// an edit of anything else leaves what the clerk moved.
func TestAnotherSignerHasAnotherPlace(t *testing.T) {
	o := newOffice(t)
	o.Press = named{}
	doc := o.create(draft())
	moved := doc.Layout
	moved.Sign.Y += 30
	doc = must(t)(o.SetLayout(doc.ID, moved))
	r := doc.Draft
	r.Subject += " năm 2027"
	if got := must(t)(o.Edit(doc.ID, r)); got.Layout != moved {
		t.Errorf("subject edited: %+v", got.Layout)
	}
	r.Signer.Name = "Lê Văn B dài hơn"
	got := must(t)(o.Edit(doc.ID, r))
	if got.Layout.Sign.X != float64(len(r.Signer.Name)) || got.Layout.Sign.Y != moved.Sign.Y {
		t.Errorf("signer edited: %+v", got.Layout)
	}
}

// TestMovedWhileSigned: a signature made over the old places is not kept, for
// the fields it locks stand there.
func TestMovedWhileSigned(t *testing.T) {
	o := newOffice(t)
	doc := o.create(draft())
	l := doc.Layout
	l.Sign.X += 20
	_, err := o.Sign(t.Context(), doc.ID, key{soft: true, before: func() { must(t)(o.SetLayout(doc.ID, l)) }})
	refused(t, err, outbox.ErrConflict)
	if got := must(t)(o.Get(doc.ID)); got.State != outbox.Drafting || got.Layout != l {
		t.Errorf("%+v", got)
	}
}

// TestPressWithoutSizes: what cannot be held on the page is not moved.
func TestPressWithoutSizes(t *testing.T) {
	o := newOffice(t)
	doc := o.create(draft())
	l := doc.Layout
	l.Sign.X += 20
	must(t)(o.SetLayout(doc.ID, l))
	if next := o.create(draft()); next.Layout != doc.Layout {
		t.Errorf("%+v", next.Layout)
	}
}

func TestSetLayoutRefuses(t *testing.T) {
	o := newOffice(t)
	o.Press = pager{}
	doc := o.create(draft())
	for name, change := range map[string]func(*document.Layout){
		"larger seal":   func(l *document.Layout) { l.Seal.W += 10 },
		"smaller line":  func(l *document.Layout) { l.Number.H -= 1 },
		"no number":     func(l *document.Layout) { l.Number = document.Box{} },
		"a month":       func(l *document.Layout) { l.Month = l.Number },
		"left of page":  func(l *document.Layout) { l.Sign.X = -1 },
		"nowhere":       func(l *document.Layout) { l.Sign.Y = math.NaN() },
		"infinitely up": func(l *document.Layout) { l.Sign.Y = math.Inf(1) },
		"page 0":        func(l *document.Layout) { l.Sign.Page = 0 },
		"whole":         func(l *document.Layout) { l.Whole = true },
		"nothing":       func(l *document.Layout) { *l = document.Layout{} },
	} {
		l := doc.Layout
		change(&l)
		_, err := o.SetLayout(doc.ID, l)
		refused(t, err, outbox.ErrField)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	signed := must(t)(o.Sign(t.Context(), doc.ID, key{soft: true}))
	_, err := o.SetLayout(signed.ID, doc.Layout)
	refused(t, err, outbox.ErrState)
}
