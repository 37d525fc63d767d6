package pdf

import "fmt"

// Field is a terminal form field with what it inherits.
type Field struct {
	Ref     Ref    // the zero Ref when the field is a direct object
	Name    string // fully qualified: partial names joined with "."
	Type    Name   // FT: Tx, Btn, Ch or Sig; "" when none is given anywhere
	Flags   int    // Ff
	Value   Object // V, inherited, as written (a Ref is not followed)
	Dict    *Dict
	Widgets []Ref // its appearances on pages: the field itself when merged, else its kids
}

// AcroForm is the form dictionary, nil when the document has none.
func (f *File) AcroForm() (*Dict, error) {
	cat, err := f.Catalog()
	if err != nil {
		return nil, err
	}
	return f.Dict(cat.Get("AcroForm"))
}

// Fields walks AcroForm/Fields with inheritance and returns the terminal
// fields in order. A tree that is too deep, too large or visits one object
// twice is damage: two walkers would see two forms.
func (f *File) Fields() ([]Field, error) {
	form, err := f.AcroForm()
	if err != nil || form == nil {
		return nil, err
	}
	kids, err := f.Array(form.Get("Fields"))
	if err != nil {
		return nil, err
	}
	w := fieldWalk{f: f, seen: map[Ref]bool{}}
	for _, k := range kids {
		if err := w.walk(k, Field{}, 0); err != nil {
			return nil, fmt.Errorf("form fields: %w", err)
		}
	}
	return w.fields, nil
}

type fieldWalk struct {
	f      *File
	seen   map[Ref]bool
	fields []Field
}

func (w *fieldWalk) walk(o Object, up Field, depth int) error {
	ref, _ := o.(Ref)
	if depth > maxDepth || len(w.fields) > maxFields || (!ref.IsZero() && w.seen[ref]) {
		return fmt.Errorf("%w: field tree", ErrDamaged)
	}
	w.seen[ref] = true
	d, err := w.f.Dict(o)
	if err != nil || d == nil {
		return err
	}
	fd, err := w.inherit(up, ref, d)
	if err != nil {
		return err
	}
	kids, err := w.f.Array(d.Get("Kids"))
	if err != nil {
		return err
	}
	widgets, fields, err := w.split(kids)
	if err != nil {
		return err
	}
	for _, k := range fields {
		if err := w.walk(k, fd, depth+1); err != nil {
			return err
		}
	}
	if len(fields) > 0 {
		return nil
	}
	if fd.Widgets = widgets; len(kids) == 0 && d.Get("Subtype") == Name("Widget") && !ref.IsZero() {
		fd.Widgets = []Ref{ref}
	}
	w.fields = append(w.fields, fd)
	return nil
}

func (w *fieldWalk) inherit(up Field, ref Ref, d *Dict) (Field, error) {
	fd := Field{Ref: ref, Name: up.Name, Type: up.Type, Flags: up.Flags, Value: up.Value, Dict: d}
	t, err := w.f.Resolve(d.Get("T"))
	if err != nil {
		return fd, err
	}
	if s, ok := t.(String); ok {
		if fd.Name != "" {
			fd.Name += "."
		}
		fd.Name += s.Text()
	}
	ft, err := w.f.Resolve(d.Get("FT"))
	if err != nil {
		return fd, err
	}
	if n, ok := ft.(Name); ok {
		fd.Type = n
	}
	ff, err := w.f.Resolve(d.Get("Ff"))
	if err != nil {
		return fd, err
	}
	if n, ok := ff.(Integer); ok {
		fd.Flags = int(n)
	}
	if d.Has("V") {
		fd.Value = d.Get("V")
	}
	return fd, nil
}

// split tells the kids that are mere widgets from those that are fields (they have a name or kids).
func (w *fieldWalk) split(kids Array) (widgets []Ref, fields Array, err error) {
	for _, k := range kids {
		d, err := w.f.Dict(k)
		if err != nil {
			return nil, nil, err
		}
		if d == nil {
			continue
		}
		ref, isRef := k.(Ref)
		if d.Has("T") || d.Has("Kids") {
			fields = append(fields, k)
		} else if isRef {
			widgets = append(widgets, ref)
		}
	}
	return widgets, fields, nil
}
