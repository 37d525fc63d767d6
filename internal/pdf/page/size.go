package page

import (
	"bytes"
	"context"
	"fmt"
)

// Sizes gives width and height of every page as it is shown, in points.
func (r *Reader) Sizes(ctx context.Context, pdf []byte) ([][2]float64, error) {
	var sizes [][2]float64
	err := r.with(ctx, bytes.NewReader(pdf), func(ctx context.Context, f *file) error {
		if f.count > maxPages {
			return beyondLimits()
		}
		for n := 1; n <= f.count; n++ {
			err := f.show(ctx, n, func(s *sheet) error {
				w, h := s.size()
				sizes = append(sizes, [2]float64{w, h})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("measure pages: %w", err)
	}
	return sizes, nil
}
