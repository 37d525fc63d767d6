package page

import (
	"context"
	"fmt"
	"io"
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

// content is a PDF to be opened.
type content interface {
	io.ReaderAt
	Size() int64
}

func (e *engine) open(ctx context.Context, pdf content) (*file, error) {
	doc, err := e.document(ctx, pdf)
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

// document opens a PDF: a small one from the sandbox's memory, which is faster, a
// large one through calls back, so that a scan of 60 MB costs no memory.
func (e *engine) document(ctx context.Context, pdf content) (uint64, error) {
	switch size := pdf.Size(); {
	case size == 0:
		return 0, unreadable()
	case size > maxPlaced:
		access, err := e.access(pdf)
		if err != nil {
			return 0, err
		}
		return e.call(ctx, "FPDF_LoadCustomDocument", access, 0)
	}
	b := make([]byte, pdf.Size())
	if _, err := pdf.ReadAt(b, 0); err != nil && err != io.EOF {
		return 0, err
	}
	at, err := e.place(ctx, b)
	if err != nil {
		return 0, err
	}
	return e.call(ctx, "FPDF_LoadMemDocument", uint64(at), uint64(len(b)), 0)
}

// access registers a file with go-pdfium, whose call-back reads it until the
// instance is closed.
func (e *engine) access(pdf content) (uint64, error) {
	access, _, err := e.files.CreateFileAccessReader(pdf.Size(), &pieces{SectionReader: io.NewSectionReader(pdf, 0, pdf.Size())})
	if err != nil {
		return 0, err
	}
	return *access, nil
}

// pieces gives as much as is asked for, as go-pdfium's call-back expects.
type pieces struct{ *io.SectionReader }

// Read fills p; an error only where nothing is left.
func (r *pieces) Read(p []byte) (int, error) {
	n, err := io.ReadFull(r.SectionReader, p)
	if n > 0 {
		return n, nil
	}
	return n, err
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
