package page

import (
	"context"
	"fmt"
)

// Errors of FPDF_GetLastError (fpdfview.h).
const (
	lastErrorPassword = 4
	lastErrorSecurity = 5
)

// file is a document opened in the sandbox. It dies with the instance.
type file struct {
	*engine
	doc   uint64
	count int // pages
}

func (e *engine) open(ctx context.Context, pdf []byte) (*file, error) {
	if len(pdf) == 0 {
		return nil, unreadable()
	}
	at, err := e.place(ctx, pdf)
	if err != nil {
		return nil, err
	}
	doc, err := e.call(ctx, "FPDF_LoadMemDocument", uint64(at), uint64(len(pdf)), 0)
	if err != nil {
		return nil, err
	}
	if doc == 0 {
		return nil, e.openError(ctx)
	}
	n, err := e.call(ctx, "FPDF_GetPageCount", doc)
	if err != nil {
		return nil, err
	}
	if int32(n) <= 0 {
		return nil, unreadable()
	}
	return &file{engine: e, doc: doc, count: int(int32(n))}, nil
}

func (e *engine) openError(ctx context.Context) error {
	code, err := e.call(ctx, "FPDF_GetLastError")
	if err != nil {
		return err
	}
	if code == lastErrorPassword || code == lastErrorSecurity {
		return encrypted()
	}
	return unreadable()
}

// sheet is one loaded page: the box it shows, in its own coordinates, and how
// it is turned.
type sheet struct {
	*file
	page     uint64
	number   int
	l, b     float64 // lower left corner of crop box ∩ media box
	r, t     float64 // upper right corner
	rotation int     // quarter turns clockwise
}

// show loads page n (from 1), gives it to fn and lets it go.
func (f *file) show(ctx context.Context, n int, fn func(*sheet) error) error {
	if n < 1 || n > f.count {
		return fmt.Errorf("page %d of %d: %w", n, f.count, ErrNoPage)
	}
	p, err := f.call(ctx, "FPDF_LoadPage", f.doc, uint64(n-1))
	if err != nil {
		return err
	}
	if p == 0 {
		return fmt.Errorf("page %d: %w", n, unreadable())
	}
	s := &sheet{file: f, page: p, number: n}
	if err := s.measure(ctx); err != nil {
		return err
	}
	if err := fn(s); err != nil {
		return err
	}
	_, err = f.call(ctx, "FPDF_ClosePage", p)
	return err
}

func (s *sheet) measure(ctx context.Context) error {
	if _, err := s.call(ctx, "FPDF_GetPageBoundingBox", s.page, uint64(s.scratch)); err != nil {
		return err
	}
	box, err := s.floats(4) // left, top, right, bottom
	if err != nil {
		return err
	}
	s.l, s.t, s.r, s.b = box[0], box[1], box[2], box[3]
	turns, err := s.call(ctx, "FPDFPage_GetRotation", s.page)
	s.rotation = int(turns & 3)
	if err == nil && (s.r-s.l < 1 || s.t-s.b < 1) {
		return fmt.Errorf("page %d has no size: %w", s.number, unreadable())
	}
	return err
}

// size is the page's width and height as shown.
func (s *sheet) size() (w, h float64) {
	w, h = s.r-s.l, s.t-s.b
	if s.rotation%2 == 1 {
		return h, w
	}
	return w, h
}

// point turns a point of the page's own coordinates into shown-page space.
func (s *sheet) point(x, y float64) (float64, float64) {
	switch s.rotation {
	case 1:
		return y - s.b, s.r - x
	case 2:
		return s.r - x, s.t - y
	case 3:
		return s.t - y, x - s.l
	}
	return x - s.l, y - s.b
}
