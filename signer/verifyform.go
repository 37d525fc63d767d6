package signer

import (
	"slices"

	"vanthu/internal/pdf"
)

// form allows signatures in new or in empty fields, and the filling of the
// fields that sealing fills.
func (d *differ) form() error {
	before, err := d.old.AcroForm()
	if err != nil {
		return err
	}
	after, err := d.new.AcroForm()
	if err != nil {
		return err
	}
	if after == nil {
		if before != nil {
			d.forbid("the form was removed")
		}
		return nil
	}
	if after.Duplicate {
		d.forbid("the form names a key twice")
	}
	if catalog, err := d.new.Catalog(); err == nil {
		if ref, ok := catalog.Get("AcroForm").(pdf.Ref); ok {
			d.explain(ref)
		}
	}
	if err := d.formKeys(before, after); err != nil {
		return err
	}
	if err := d.newFields(before, after); err != nil {
		return err
	}
	if err := d.oldFields(); err != nil {
		return err
	}
	filled := slices.ContainsFunc(d.changes, func(c change) bool { return c.kind == changeText })
	if filled && d.resources {
		d.forbid("form fonts changed while a field was filled")
	}
	return nil
}

// formKeys compares the form dictionary itself.
func (d *differ) formKeys(before, after *pdf.Dict) error {
	for _, key := range d.keys(before, after) {
		switch key {
		case "Fields":
		case "SigFlags":
			was, _ := before.Get(key).(pdf.Integer)
			is, ok := after.Get(key).(pdf.Integer)
			if !ok || was&^is != 0 || is&^3 != 0 {
				d.forbid("form entry SigFlags changed")
			}
		case "DA":
			if before.Has(key) {
				d.forbid("form entry DA changed")
			}
		case "DR":
			d.resources = true
		default:
			d.forbid("form entry %s changed", key)
		}
	}
	return d.formResources(before.Get("DR"), after.Get("DR"))
}

// formResources allows the form's resources to grow, as iText does at every
// signature; what a name meant it must go on meaning.
func (d *differ) formResources(from, to pdf.Object) error {
	a, err := d.old.Dict(from)
	if err != nil {
		return err
	}
	b, err := d.new.Dict(to)
	if err != nil {
		return err
	}
	if a == nil {
		return d.explainTree(to)
	}
	d.resources = d.resources || d.keepsLone(to, "form resources")
	for _, kind := range append(a.Keys(), b.Keys()...) {
		x, err := d.old.Dict(a.Get(kind))
		if err != nil {
			return err
		}
		y, err := d.new.Dict(b.Get(kind))
		if err != nil {
			return err
		}
		if (x == nil || y == nil) && a.Has(kind) && !pdf.Equal(a.Get(kind), b.Get(kind)) {
			d.forbid("form resources %s changed", kind)
			continue
		}
		d.resources = d.resources || d.keepsLone(b.Get(kind), "form resources")
		for _, name := range d.keys(x, y) {
			if x.Has(name) {
				d.forbid("form resource %s changed", name)
			}
		}
		if err := d.explainTree(b.Get(kind)); err != nil {
			return err
		}
	}
	return nil
}

// keepsLone explains a changed object that only its one referrer may use, and
// reports whether it changed.
func (d *differ) keepsLone(o pdf.Object, what string) bool {
	ref, ok := o.(pdf.Ref)
	if !ok || !d.changed[ref] {
		return false
	}
	d.explainLone(ref, what)
	return true
}

// newFields allows fields that carry a signature from the start.
func (d *differ) newFields(before, after *pdf.Dict) error {
	from, err := d.old.Array(before.Get("Fields"))
	if err != nil {
		return err
	}
	holder := after.Get("Fields")
	to, err := d.new.Array(holder)
	if err != nil {
		return err
	}
	extra, ok := insertions(from, to)
	if !ok {
		d.forbid("form fields removed or exchanged")
		return nil
	}
	if ref, ok := holder.(pdf.Ref); ok && (d.changed[ref] || d.added[ref]) {
		d.explainLone(ref, "form fields")
	}
	fields, err := d.new.Fields()
	if err != nil {
		return err
	}
	for _, o := range extra {
		ref, ok := o.(pdf.Ref)
		at := slices.IndexFunc(fields, func(fd pdf.Field) bool { return ok && fd.Ref == ref })
		if at < 0 || !d.added[ref] {
			d.forbid("form field added")
			continue
		}
		if err := d.newSignature(fields[at], fields); err != nil {
			return err
		}
	}
	return nil
}

// signatureKeys are what a signature field or its widget may hold; actions are
// not among them.
func signatureKeys() []pdf.Name {
	return []pdf.Name{"Type", "Subtype", "FT", "T", "TU", "TM", "V", "F", "Ff", "P", "Rect", "AP", "MK", "DA", "Q",
		"Lock", "SV", "BS", "Border", "H", "DR", "NM", "M", "Kids", "Parent", "C", "CA", "Contents"}
}

// newSignature checks a field that came with its signature.
func (d *differ) newSignature(fd pdf.Field, all []pdf.Field) error {
	signed, err := d.new.Dict(fd.Value)
	if err != nil {
		return err
	}
	if fd.Type != "Sig" || signed == nil || !looksSigned(signed) || fd.Name == "" {
		d.forbid("form field %s added", fd.Name)
		return nil
	}
	for _, other := range all {
		if other.Name == fd.Name && other.Ref != fd.Ref {
			d.forbid("two form fields %s", fd.Name)
		}
	}
	parts := append([]pdf.Ref{fd.Ref}, fd.Widgets...)
	for _, ref := range parts {
		dict, err := d.new.Dict(ref)
		if err != nil {
			return err
		}
		for _, key := range dict.Keys() {
			if !slices.Contains(signatureKeys(), key) {
				d.forbid("form field %s holds %s", fd.Name, key)
			}
		}
		if !d.added[ref] {
			d.forbid("form field %s takes over an object", fd.Name)
		}
		d.widgets[ref] = true
	}
	d.signed(fd.Name, signed)
	return d.explainTree(fd.Ref)
}

// signed notes an added signature.
func (d *differ) signed(name string, dict *pdf.Dict) {
	kind := changeSignature
	if dict.Get("SubFilter") == pdf.Name("ETSI.RFC3161") {
		kind = changeTimestamp
	}
	d.allow(change{kind: kind, name: name})
}

// oldFields looks at the fields that were there already.
func (d *differ) oldFields() error {
	fields, err := d.old.Fields()
	if err != nil {
		return err
	}
	for _, fd := range fields {
		parts := append([]pdf.Ref{fd.Ref}, fd.Widgets...)
		if !slices.ContainsFunc(parts, func(r pdf.Ref) bool { return d.changed[r] }) {
			continue
		}
		var err error
		switch {
		case fd.Type == "Sig" && fd.Value == nil:
			err = d.filledSignature(fd, parts)
		case fd.Type == "Tx" && slices.Contains(textFields(), fd.Name):
			err = d.filledText(fd)
		default:
			d.forbid("form field %s changed", fd.Name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// filledSignature allows a signature in a field that was empty: its value and
// its appearance, both new objects.
func (d *differ) filledSignature(fd pdf.Field, parts []pdf.Ref) error {
	for _, ref := range parts {
		if !d.changed[ref] {
			continue
		}
		before, err := d.old.Dict(ref)
		if err != nil {
			return err
		}
		after, err := d.new.Dict(ref)
		if err != nil {
			return err
		}
		for _, key := range d.keys(before, after) {
			if key != "V" && key != "AP" {
				d.forbid("signature field %s: %s changed", fd.Name, key)
			}
			if err := d.explainTree(after.Get(key)); err != nil {
				return err
			}
		}
		d.explain(ref)
		if err := d.modestField(fd.Name, after, maxWidget); err != nil {
			return err
		}
	}
	top, err := d.new.Dict(fd.Ref)
	if err != nil {
		return err
	}
	signed, err := d.new.Dict(top.Get("V"))
	if err != nil {
		return err
	}
	if signed == nil || !looksSigned(signed) {
		d.forbid("signature field %s filled without a signature", fd.Name)
		return nil
	}
	d.signed(fd.Name, signed)
	return nil
}

// modestField checks a widget's size against the page it says it is on, or the
// smallest page there is.
func (d *differ) modestField(name string, widget *pdf.Dict, most float64) error {
	r, ok := d.new.Rect(widget.Get("Rect"))
	if !ok {
		return nil // no rectangle, nothing is drawn
	}
	pages, err := d.new.Pages()
	if err != nil {
		return err
	}
	own, _ := widget.Get("P").(pdf.Ref)
	for _, p := range pages {
		if (own.IsZero() || p.Ref == own) && r.W()*r.H() > most*p.Crop.W()*p.Crop.H() {
			d.forbid("form field %s covers the page", name)
			return nil
		}
	}
	return nil
}
