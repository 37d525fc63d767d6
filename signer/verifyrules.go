package signer

import (
	"slices"

	"vanthu/internal/pdf"
)

// keys compares two dictionaries key by key and gives those that differ.
func (d *differ) keys(a, b *pdf.Dict) []pdf.Name {
	var out []pdf.Name
	for _, key := range append(slices.Clone(a.Keys()), b.Keys()...) {
		if !slices.Contains(out, key) && !pdf.Equal(a.Get(key), b.Get(key)) {
			out = append(out, key)
		}
	}
	return out
}

// trailer allows what every save changes, and a new Info dictionary.
func (d *differ) trailer() error {
	for _, key := range d.keys(d.old.Trailer(), d.new.Trailer()) {
		switch key {
		case "Size", "Prev", "XRefStm", "Type", "W", "Index", "Length", "Filter", "DecodeParms":
		case "ID":
			if !sameFirstID(d.old.Trailer(), d.new.Trailer()) {
				d.forbid("the file's identity changed")
			}
		case "Info":
		case "Root":
			// Another object as catalog is compared with the old one like any
			// change to it.
			if _, ok := d.new.Trailer().Get("Root").(pdf.Ref); !ok {
				d.forbid("trailer entry Root changed")
			}
		default:
			d.forbid("trailer entry %s changed", key)
		}
	}
	return d.info()
}

func sameFirstID(a, b *pdf.Dict) bool {
	x, _ := a.Get("ID").(pdf.Array)
	y, _ := b.Get("ID").(pdf.Array)
	return len(x) == 0 || len(x) == 2 && len(y) == 2 && pdf.Equal(x[0], y[0])
}

// info allows new dates and the name of the program that saved the file.
func (d *differ) info() error {
	from, to := d.old.Trailer().Get("Info"), d.new.Trailer().Get("Info")
	a, err := d.old.Dict(from)
	if err != nil {
		return err
	}
	b, err := d.new.Dict(to)
	if err != nil {
		return err
	}
	differing := d.keys(a, b)
	if len(differing) == 0 && pdf.Equal(from, to) {
		return nil
	}
	for _, key := range differing {
		if key != "ModDate" && key != "Producer" && !(a == nil && key == "CreationDate") {
			d.forbid("document information %s changed", key)
		}
	}
	d.explainLone(to, "document information")
	if len(differing) > 0 {
		d.allow(change{kind: changeMetadata})
	}
	return nil
}

// catalog allows the form, the evidence (DSS), extensions, a later version
// and new metadata.
func (d *differ) catalog() error {
	a, err := d.old.Catalog()
	if err != nil {
		return err
	}
	b, err := d.new.Catalog()
	if err != nil {
		return err
	}
	root := d.new.Trailer().Get("Root").(pdf.Ref)
	d.explain(root)
	if twice(a) || twice(b) {
		d.forbid("the catalog names a key twice")
	}
	for _, key := range d.keys(a, b) {
		switch key {
		case "AcroForm", "DSS", "Metadata":
		case "Extensions":
			if err := d.explainTree(b.Get(key)); err != nil {
				return err
			}
		case "Version":
			if _, ok := b.Get(key).(pdf.Name); !ok {
				d.forbid("catalog entry Version changed")
			}
		default:
			d.forbid("catalog entry %s changed", key)
		}
	}
	if err := d.metadata(a, b); err != nil {
		return err
	}
	return d.evidence(a, b)
}

// metadata allows a new XMP packet; it is never drawn.
func (d *differ) metadata(a, b *pdf.Dict) error {
	from, to := a.Get("Metadata"), b.Get("Metadata")
	ref, ok := to.(pdf.Ref)
	if !ok {
		if from != nil || to != nil {
			d.forbid("metadata removed")
		}
		return nil
	}
	if !d.changed[ref] && !d.added[ref] {
		if !pdf.Equal(from, to) {
			d.forbid("metadata replaced by an existing object")
		}
		return nil
	}
	o, err := d.new.Object(ref)
	if err != nil {
		return err
	}
	if stm, ok := o.(*pdf.Stream); !ok || stm.Get("Type") != pdf.Name("Metadata") {
		d.forbid("metadata is not a metadata stream")
		return nil
	}
	d.explainLone(ref, "metadata")
	d.allow(change{kind: changeMetadata})
	return nil
}

// evidence allows a document security store (ISO 32000-2 §12.8.4.3), new or
// grown: dictionaries and arrays may change, streams may only be added.
func (d *differ) evidence(a, b *pdf.Dict) error {
	top := b.Get("DSS")
	dss, err := d.new.Dict(top)
	if err != nil || dss == nil {
		if a.Has("DSS") {
			d.forbid("validation data removed")
		}
		return err
	}
	before := len(d.explained)
	if err := d.grown(top, 0); err != nil {
		return err
	}
	for _, key := range dss.Keys() {
		if !slices.Contains([]pdf.Name{"Type", "Certs", "OCSPs", "CRLs", "VRI"}, key) {
			d.forbid("validation data holds %s", key)
		}
	}
	if len(d.explained) > before || !pdf.Equal(a.Get("DSS"), top) {
		d.allow(change{kind: changeEvidence})
	}
	return nil
}

// grown explains a value of the security store: DSS, VRI, VRI entry, array,
// stream are five levels.
func (d *differ) grown(o pdf.Object, depth int) error {
	if ref, ok := o.(pdf.Ref); ok {
		value, err := d.new.Object(ref)
		if err != nil {
			return err
		}
		_, stream := value.(*pdf.Stream)
		switch {
		case d.added[ref]:
			d.explain(ref)
		case d.changed[ref] && !stream:
			d.explainLone(ref, "validation data")
		}
		if stream {
			return nil
		}
		o = value
	}
	if depth > 5 {
		return nil // deeper objects stay unexplained
	}
	var inner []pdf.Object
	switch x := o.(type) {
	case pdf.Array:
		inner = x
	case *pdf.Dict:
		for _, e := range x.Entries {
			inner = append(inner, e.Value)
		}
	}
	for _, e := range inner {
		if err := d.grown(e, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// pages allows the widgets of added signatures on pages, nothing else.
func (d *differ) pages() error {
	before, err := d.old.Pages()
	if err != nil {
		return err
	}
	after, err := d.new.Pages()
	if err != nil {
		return err
	}
	if len(before) != len(after) {
		d.forbid("%d pages became %d", len(before), len(after))
		return nil
	}
	for i := range before {
		if before[i].Ref != after[i].Ref {
			d.forbid("page %d was exchanged", i+1)
			continue
		}
		if err := d.page(i+1, before[i], after[i]); err != nil {
			return err
		}
	}
	return nil
}

// page compares one page and its annotations.
func (d *differ) page(number int, before, after pdf.Page) error {
	for _, key := range d.keys(before.Dict, after.Dict) {
		if key != "Annots" {
			d.forbid("page %d: %s changed", number, key)
		}
	}
	if d.changed[after.Ref] {
		d.explain(after.Ref)
	}
	from, err := d.old.Array(before.Dict.Get("Annots"))
	if err != nil {
		return err
	}
	holder := after.Dict.Get("Annots")
	to, err := d.new.Array(holder)
	if err != nil {
		return err
	}
	extra, ok := insertions(from, to)
	if !ok {
		d.forbid("page %d: annotations changed", number)
		return nil
	}
	for _, o := range extra {
		ref, ok := o.(pdf.Ref)
		if !ok || !d.widgets[ref] {
			d.forbid("page %d: annotation added", number)
			continue
		}
		if err := d.modest(number, after, ref); err != nil {
			return err
		}
	}
	if ref, ok := holder.(pdf.Ref); ok && (d.changed[ref] || d.added[ref]) {
		d.explainLone(ref, "annotations")
	}
	return nil
}

// maxWidget is the largest part of a page that the picture of a signature
// added later may take: more would cover what was signed.
const maxWidget = 0.25

// modest checks the size of a widget that appeared on a page.
func (d *differ) modest(number int, page pdf.Page, widget pdf.Ref) error {
	w, err := d.new.Dict(widget)
	if err != nil {
		return err
	}
	r, ok := d.new.Rect(w.Get("Rect"))
	if ok && r.W()*r.H() > maxWidget*page.Crop.W()*page.Crop.H() {
		d.forbid("page %d: a signature covers the page", number)
	}
	return nil
}

// insertions gives what to holds besides the values of from, which must all
// be there in their order.
func insertions(from, to pdf.Array) (extra pdf.Array, ok bool) {
	i := 0
	for _, o := range to {
		if i < len(from) && pdf.Equal(from[i], o) {
			i++
			continue
		}
		extra = append(extra, o)
	}
	return extra, i == len(from)
}
