package cli

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"os"
	"sync"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/pdf/page"
	"vanthu/internal/verdict"
	"vanthu/outbox"
	"vanthu/signer"
)

// press looks at PDFs for the outgoing desk: may it be signed, does it bear a
// secrecy mark, where do number, date and signatures go.
type press struct {
	hints page.Hints
	cache string

	mu    sync.Mutex
	pages *page.Reader

	remote page.Remote
}

var (
	_ outbox.Press = (*press)(nil)
	_ outbox.Pager = (*press)(nil)

	_ outbox.NamedPress = (*press)(nil)
)

// newPress makes a press. The reader of pages is heavy and wakes at its first
// use.
func newPress(h office.Home, o office.Office) *press {
	p := &press{cache: h.Cache(), remote: page.Remote{CacheDir: h.Cache()}, hints: page.Hints{SealMM: o.Seal.DiameterMM}}
	if len(o.Leaders) == 1 { // with several the page alone must say who signs
		p.hints.Signer = o.Leaders[0].Signer
	}
	return p
}

func (p *press) reader(ctx context.Context) (*page.Reader, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		r, err := page.Open(ctx, p.cache)
		if err != nil {
			return nil, err
		}
		p.pages = r
	}
	return p.pages, nil
}

// Inspect refuses what cannot be signed.
func (p *press) Inspect(pdf []byte) error { return signer.Inspect(pdf) }

// Layout is LayoutFor where only the office's settings may say who signs.
func (p *press) Layout(ctx context.Context, pdf []byte) (document.Layout, error) {
	return p.LayoutFor(ctx, pdf, p.hints.Signer)
}

// LayoutFor finds the places to write on for a signer, and refuses a page that
// bears a secrecy mark: secret documents never enter this program.
func (p *press) LayoutFor(ctx context.Context, pdf []byte, signer document.Signer) (document.Layout, error) {
	mark, found, err := p.SecretMark(ctx, pdf)
	if err != nil {
		return document.Layout{}, err
	}
	if found {
		return document.Layout{}, document.RefuseSecret(mark)
	}
	r, err := p.reader(ctx)
	if err != nil {
		return document.Layout{}, err
	}
	return r.Layout(ctx, pdf, page.Hints{Signer: signer, SealMM: p.hints.SealMM})
}

// PageSizes gives width and height of each page as shown, in points.
func (p *press) PageSizes(ctx context.Context, pdf []byte) ([][2]float64, error) {
	r, err := p.reader(ctx)
	if err != nil {
		return nil, err
	}
	return r.Sizes(ctx, pdf)
}

// picture draws a page for the placement screen.
func (p *press) picture(ctx context.Context, pdf []byte, n int, dpi float64) (image.Image, error) {
	r, err := p.reader(ctx)
	if err != nil {
		return nil, err
	}
	return r.Picture(ctx, pdf, n, dpi)
}

// SecretMark looks for a secrecy mark on the first page.
func (p *press) SecretMark(ctx context.Context, pdf []byte) (mark string, found bool, err error) {
	return p.secretMarkIn(ctx, bytes.NewReader(pdf), int64(len(pdf)))
}

// secretMarkIn is SecretMark of what came from elsewhere: a file is looked into by
// a process of its own, so that neither its memory nor its tricks are ours. Where
// there can be none, this process looks.
func (p *press) secretMarkIn(ctx context.Context, pdf io.ReaderAt, size int64) (mark string, found bool, err error) {
	if f, ok := pdf.(*os.File); ok {
		mark, found, err = p.remote.SecretMark(ctx, f.Name())
		if !errors.Is(err, page.ErrNoProcess) {
			return mark, found, err
		}
	}
	r, err := p.reader(ctx)
	if err != nil {
		return "", false, err
	}
	return r.SecretMark(ctx, pdf, size)
}

// countPages counts the pages of a PDF.
func (p *press) countPages(ctx context.Context, pdf []byte) (int, error) {
	r, err := p.reader(ctx)
	if err != nil {
		return 0, err
	}
	pages, err := r.Text(ctx, pdf)
	return len(pages), err
}

// warm compiles the reader of pages ahead, on a machine that never did: the
// first document would wait some seconds for it. A failure shows at that
// document.
func (p *press) warm(ctx context.Context) {
	if made, err := os.ReadDir(p.cache); err == nil && len(made) > 0 {
		return
	}
	if r, err := p.reader(ctx); err == nil {
		_ = r.Load(ctx)
	}
}

// Close lets the reader go.
func (p *press) Close() error {
	p.remote.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pages == nil {
		return nil
	}
	return p.pages.Close()
}

// verifier checks signatures for the incoming desk against the home's trusted
// roots, read anew each time: a root may be added while the program is open.
type verifier struct {
	home  office.Home
	clock document.Clock
}

var _ inbox.Verifier = verifier{}

// Verify checks the signatures of one file.
func (v verifier) Verify(ctx context.Context, f *os.File) (verdict.Report, error) {
	return verifyFile(ctx, f, v.home.TrustDir(), signer.Policy{At: v.clock()})
}

// verifyFile checks the signatures of one file against the roots of a folder.
func verifyFile(ctx context.Context, f *os.File, trust string, p signer.Policy) (verdict.Report, error) {
	info, err := f.Stat()
	if err != nil {
		return verdict.Report{}, err
	}
	if p.Roots, err = signer.LoadTrust(trust); err != nil {
		return verdict.Report{}, err
	}
	r, err := signer.Verify(ctx, f, info.Size(), p)
	if err != nil {
		return verdict.Report{}, err
	}
	return *r, nil
}
