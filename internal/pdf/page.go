package pdf

import "fmt"

// Rect is a rectangle in points with its corners in order.
type Rect struct{ X0, Y0, X1, Y1 float64 }

// W is the width.
func (r Rect) W() float64 { return r.X1 - r.X0 }

// H is the height.
func (r Rect) H() float64 { return r.Y1 - r.Y0 }

// Page is one page with the attributes it inherits.
type Page struct {
	Ref    Ref
	Dict   *Dict
	Media  Rect // MediaBox
	Crop   Rect // CropBox within MediaBox: what is shown
	Rotate int  // clockwise: 0, 90, 180 or 270
}

// Pages returns the pages in order. A kid that is a direct object is damage:
// it could not be changed by an incremental update.
func (f *File) Pages() ([]Page, error) {
	cat, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	w := pageWalk{f: f, seen: map[Ref]bool{}}
	top := Page{Media: Rect{0, 0, 612, 792}}
	if err := w.walk(cat.Get("Pages"), top, false, 0); err != nil {
		return nil, fmt.Errorf("pages: %w", err)
	}
	if len(w.pages) == 0 {
		return nil, fmt.Errorf("%w: no pages", ErrDamaged)
	}
	return w.pages, nil
}

type pageWalk struct {
	f     *File
	seen  map[Ref]bool
	pages []Page
}

func (w *pageWalk) walk(o Object, up Page, cropped bool, depth int) error {
	ref, ok := o.(Ref)
	if !ok || w.seen[ref] || depth > maxDepth || len(w.seen) > 2*maxPages {
		return fmt.Errorf("%w: page tree", ErrDamaged)
	}
	w.seen[ref] = true
	d, err := w.f.Dict(ref)
	if err != nil {
		return err
	}
	if d == nil {
		return fmt.Errorf("%w: page %s is missing", ErrDamaged, ref)
	}
	p := up
	p.Ref, p.Dict = ref, d
	if cropped, err = w.inherit(&p, cropped); err != nil {
		return err
	}
	kids, err := w.f.Array(d.Get("Kids"))
	if err != nil {
		return err
	}
	if d.Get("Type") == Name("Page") || kids == nil {
		w.leaf(p, cropped)
		return nil
	}
	for _, k := range kids {
		if err := w.walk(k, p, cropped, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *pageWalk) leaf(p Page, cropped bool) {
	if !cropped {
		p.Crop = p.Media
	}
	p.Crop = intersect(p.Crop, p.Media)
	w.pages = append(w.pages, p)
}

// inherit takes over the attributes this node sets itself.
func (w *pageWalk) inherit(p *Page, cropped bool) (bool, error) {
	if r, ok, err := w.f.rect(p.Dict.Get("MediaBox")); err != nil {
		return cropped, err
	} else if ok {
		p.Media = r
	}
	if r, ok, err := w.f.rect(p.Dict.Get("CropBox")); err != nil {
		return cropped, err
	} else if ok {
		p.Crop, cropped = r, true
	}
	v, err := w.f.Resolve(p.Dict.Get("Rotate"))
	if n, ok := v.(Integer); ok && n%90 == 0 {
		p.Rotate = int((n%360 + 360) % 360)
	}
	return cropped, err
}

// rect reads a rectangle; ok is false when there is none or it is empty.
func (f *File) rect(o Object) (Rect, bool, error) {
	a, err := f.Array(o)
	if err != nil || len(a) != 4 {
		return Rect{}, false, err
	}
	var n [4]float64
	for i := range n {
		v, err := f.Resolve(a[i])
		if err != nil {
			return Rect{}, false, err
		}
		var ok bool
		if n[i], ok = Float(v); !ok {
			return Rect{}, false, nil
		}
	}
	r := Rect{min(n[0], n[2]), min(n[1], n[3]), max(n[0], n[2]), max(n[1], n[3])}
	return r, r.W() > 0 && r.H() > 0, nil
}

// Rect resolves o to a rectangle; ok is false when it is none.
func (f *File) Rect(o Object) (Rect, bool) {
	r, ok, err := f.rect(o)
	return r, ok && err == nil
}

func intersect(a, b Rect) Rect {
	r := Rect{max(a.X0, b.X0), max(a.Y0, b.Y0), min(a.X1, b.X1), min(a.Y1, b.Y1)}
	if r.X1 <= r.X0 || r.Y1 <= r.Y0 {
		return b
	}
	return r
}
