package page

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"vanthu/internal/document"
)

func TestUnreadableFiles(t *testing.T) {
	r := reader(t)
	whole := write(t, decision())
	tests := map[string][]byte{
		"nil": nil, "empty": {}, "text": []byte("Số: 15/QĐ-UBND"), "header only": []byte("%PDF-1.7\n"),
		"zip": []byte("PK\x03\x04 not a pdf"), "zeros": make([]byte, 4096), "cut in the header": whole[:6],
		"no pages":         objectsPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"),
		"pages that loop":  objectsPDF("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 5>>"),
		"catalog of air":   objectsPDF("null"),
		"page of no width": plainPDF("/MediaBox[0 0 0 0]/CropBox[5 5 5 5]", ""),
	}
	for name, pdf := range tests {
		t.Run(name, func(t *testing.T) {
			l, err := r.Layout(context.Background(), pdf, Hints{})
			if name == "page of no width" && err == nil {
				return // pdfium takes letter size instead
			}
			var problem *document.Problem
			if !errors.Is(err, ErrUnreadable) || !errors.As(err, &problem) || !l.IsZero() {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestDamagedFiles cuts and flips: each try gives pages or an error, the
// reader goes on working.
func TestDamagedFiles(t *testing.T) {
	r := reader(t)
	whole := write(t, decision())
	rnd := rand.New(rand.NewPCG(30, 2020))
	tries := 60
	if testing.Short() {
		tries = 12
	}
	for i := range tries {
		pdf := append([]byte(nil), whole[:rnd.IntN(len(whole))]...)
		if i%2 == 0 {
			pdf = append([]byte(nil), whole...)
			for range 1 + rnd.IntN(40) {
				pdf[rnd.IntN(len(pdf))] ^= byte(1 + rnd.IntN(255))
			}
		}
		l, err := r.Layout(context.Background(), pdf, Hints{})
		if err != nil && !l.IsZero() {
			t.Errorf("try %d: both %+v and %v", i, l, err)
		}
		if _, err := r.Picture(context.Background(), pdf, 1, 36); err != nil && errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("try %d: %v", i, err)
		}
	}
	if _, err := r.Layout(context.Background(), whole, Hints{}); err != nil {
		t.Errorf("the whole file after the damaged ones: %v", err)
	}
}

func TestEncrypted(t *testing.T) {
	r := reader(t)
	locked := tool(t, write(t, decision()), "qpdf", "--encrypt", "secret", "owner", "256", "--", "IN", "OUT")
	_, err := r.Text(context.Background(), locked)
	var problem *document.Problem
	if !errors.Is(err, ErrEncrypted) || !errors.As(err, &problem) {
		t.Errorf("got %v", err)
	}
}

// exponential draws a form XObject that draws another twice, and so on.
func exponential(depth int) []byte {
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</X 5 0 R>>>>/Contents 4 0 R>>",
		"<</Length 4>>stream\n/X Do\nendstream",
	}
	for i := range depth {
		content := strings.Repeat("/X Do ", 8)
		objects = append(objects, fmt.Sprintf("<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</X %d 0 R>>>>/Length %d>>stream\n%s\nendstream", 6+i, len(content), content))
	}
	return objectsPDF(append(objects, "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 10>>stream\n0 0 9 9 re f\nendstream")...)
}

// TestContextStopsTheSandbox: code that would run for hours ends with its
// context, and the next file is read.
func TestContextStopsTheSandbox(t *testing.T) {
	r := reader(t)
	if _, err := r.Text(context.Background(), write(t, decision())); err != nil { // load
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if _, err := r.Picture(ctx, exponential(12), 1, 72); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := r.Text(context.Background(), write(t, decision())); err != nil {
		t.Errorf("the next file: %v", err)
	}
}

// TestBomb: some KB that unpack to 300 MB end as beyond the limits or as a page
// without words.
func TestBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks 300 MB")
	}
	var once, twice bytes.Buffer
	deflate(t, &once, func(w io.Writer) error {
		chunk := bytes.Repeat([]byte(" "), 1<<20)
		for range 300 {
			if _, err := w.Write(chunk); err != nil {
				return err
			}
		}
		return nil
	})
	deflate(t, &twice, func(w io.Writer) error { _, err := w.Write(once.Bytes()); return err })
	pdf := objectsPDF(
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
		fmt.Sprintf("<</Filter[/FlateDecode/FlateDecode]/Length %d>>stream\n%s\nendstream", twice.Len(), twice.String()),
	)
	r := reader(t)
	pages, err := r.Text(context.Background(), pdf)
	if err == nil && len(pages[0].Words) != 0 || err != nil && !errors.Is(err, ErrLimit) {
		t.Errorf("%v, pages %v", err, pages)
	}
	if _, err := r.Text(context.Background(), write(t, decision())); err != nil {
		t.Errorf("the next file: %v", err)
	}
}

func deflate(t *testing.T, to io.Writer, fill func(io.Writer) error) {
	t.Helper()
	z := zlib.NewWriter(to)
	if err := errors.Join(fill(z), z.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestSandboxOutOfMemory: drawings within drawings fill the sandbox; the error
// says so in one line.
func TestSandboxOutOfMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("draws for seconds")
	}
	r := reader(t)
	_, err := r.Text(context.Background(), exponential(6))
	if !errors.Is(err, ErrLimit) || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}

func TestContextAlreadyOver(t *testing.T) {
	r := reader(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Text(ctx, write(t, decision())); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestLimits(t *testing.T) {
	r := reader(t)
	if _, _, err := r.SecretMark(context.Background(), bytes.NewReader(nil), maxFile+1); !errors.Is(err, ErrLimit) {
		t.Errorf("file too large: %v", err)
	}
	pdf := write(t, decision())
	for _, dpi := range []float64{0, -1, 1e9} {
		if _, err := r.Picture(context.Background(), pdf, 1, dpi); !errors.Is(err, ErrLimit) {
			t.Errorf("%g dpi: %v", dpi, err)
		}
	}
	for _, n := range []int{-1, 0, 2} {
		if _, err := r.Picture(context.Background(), pdf, n, 72); !errors.Is(err, ErrNoPage) {
			t.Errorf("page %d: %v", n, err)
		}
	}
}

// TestCrowdedPage: a page of more text than is searched is read, laid out as
// the decree has it, and never called free of a secrecy mark.
func TestCrowdedPage(t *testing.T) {
	r := reader(t)
	content := "BT /F1 6 Tf 1 0 0 1 10 700 Tm (" + strings.Repeat("so: /ngay thang ", 2000) + ") Tj ET"
	pdf := plainPDF("/MediaBox[0 0 600 800]", content)
	l, err := r.Layout(context.Background(), pdf, Hints{})
	if err != nil || !l.Whole {
		t.Errorf("layout %+v, %v", l, err)
	}
	if _, _, err := r.SecretMark(context.Background(), bytes.NewReader(pdf), int64(len(pdf))); !errors.Is(err, ErrLimit) {
		t.Errorf("secrecy mark: %v", err)
	}
}

func FuzzLayout(f *testing.F) {
	r := reader(f)
	f.Add(write(f, decision()))
	f.Add(plainPDF("/MediaBox[0 0 600 800]/Rotate 90", "BT /F1 12 Tf 90 700 Td (So:      /QD) Tj ET"))
	f.Add(exponential(2))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		l, err := r.Layout(ctx, pdf, Hints{})
		if err == nil && (l.Sign.Page < 1 || l.Seal.Page < 1) {
			t.Errorf("layout %+v", l)
		}
	})
}
