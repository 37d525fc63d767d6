package page

import (
	"context"
	"errors"
	"math"
	"testing"
)

func TestSizes(t *testing.T) {
	r := reader(t)
	for entries, want := range map[string][2]float64{
		"/MediaBox[0 0 595 842]":                                       {595, 842},
		"/MediaBox[0 0 595 842]/Rotate 90":                             {842, 595},
		"/MediaBox[-50 -50 700 900]/CropBox[10 20 310 620]/Rotate 270": {600, 300},
	} {
		got, err := r.Sizes(context.Background(), plainPDF(entries, ""))
		if err != nil || len(got) != 1 || math.Abs(got[0][0]-want[0]) > 0.01 || math.Abs(got[0][1]-want[1]) > 0.01 {
			t.Errorf("%s: %v, %v", entries, got, err)
		}
	}
	if _, err := r.Sizes(context.Background(), []byte("%PDF-1.4")); !errors.Is(err, ErrUnreadable) {
		t.Errorf("no pdf: %v", err)
	}
}
