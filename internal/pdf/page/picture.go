package page

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"math"
)

// Flags of FPDF_RenderPageBitmap (fpdfview.h).
const (
	renderAnnotations = 0x01 // stamps, signatures' appearances
	renderRGBA        = 0x10 // red first instead of blue first
	bitmapAlpha       = 1
	white             = 0xFFFFFFFF
)

// Picture draws page n (from 1) as it is shown, with its annotations, on white.
func (r *Reader) Picture(ctx context.Context, pdf []byte, n int, dpi float64) (image.Image, error) {
	var img *image.RGBA
	err := r.with(ctx, bytes.NewReader(pdf), func(ctx context.Context, f *file) error {
		return f.show(ctx, n, func(s *sheet) (err error) {
			img, err = s.picture(ctx, dpi)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("draw page %d: %w", n, err)
	}
	return img, nil
}

func (s *sheet) picture(ctx context.Context, dpi float64) (*image.RGBA, error) {
	w, h := s.size()
	fw, fh := math.Ceil(w*dpi/72), math.Ceil(h*dpi/72)
	if !(fw >= 1 && fh >= 1 && fw*fh <= maxPixels) {
		return nil, beyondLimits()
	}
	width, height := uint64(fw), uint64(fh)
	bitmap, err := s.call(ctx, "FPDFBitmap_Create", width, height, bitmapAlpha)
	if err != nil {
		return nil, err
	}
	if bitmap == 0 {
		return nil, beyondLimits()
	}
	if _, err := s.call(ctx, "FPDFBitmap_FillRect", bitmap, 0, 0, width, height, white); err != nil {
		return nil, err
	}
	if _, err := s.call(ctx, "FPDF_RenderPageBitmap", bitmap, s.page, 0, 0, width, height, 0, renderAnnotations|renderRGBA); err != nil {
		return nil, err
	}
	if err := s.widgets(ctx, bitmap, width, height); err != nil {
		return nil, err
	}
	return s.pixels(ctx, bitmap, int(width), int(height))
}

// widgets draws form fields and signatures, which pdfium leaves to its form
// environment: the number, the date and the seal of an issued document are such.
// The environment has no callbacks and runs no scripts.
func (s *sheet) widgets(ctx context.Context, bitmap, width, height uint64) error {
	info, err := s.call(ctx, "FPDF_FORMFILLINFO_Create")
	if err != nil {
		return err
	}
	form, err := s.call(ctx, "FPDFDOC_InitFormFillEnvironment", s.doc, info)
	if err != nil || form == 0 {
		return err
	}
	if _, err := s.call(ctx, "FPDF_SetFormFieldHighlightAlpha", form, 0); err != nil {
		return err
	}
	_, err = s.call(ctx, "FPDF_FFLDraw", form, bitmap, s.page, 0, 0, width, height, 0, renderAnnotations|renderRGBA)
	return err
}

// pixels copies the bitmap out of the sandbox.
func (s *sheet) pixels(ctx context.Context, bitmap uint64, width, height int) (*image.RGBA, error) {
	at, err := s.call(ctx, "FPDFBitmap_GetBuffer", bitmap)
	if err != nil {
		return nil, err
	}
	stride, err := s.call(ctx, "FPDFBitmap_GetStride", bitmap)
	if err != nil {
		return nil, err
	}
	from, ok := s.mod.Memory().Read(uint32(at), uint32(stride)*uint32(height))
	if !ok || int(stride) < 4*width {
		return nil, errSandbox
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		copy(img.Pix[y*img.Stride:][:4*width], from[y*int(stride):])
	}
	return img, nil
}
