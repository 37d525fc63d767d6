package signer

import (
	"bytes"
	"fmt"
	"slices"

	"vanthu/internal/pdf"
)

// differ compares two states of a file, object by object. It starts from
// "everything is forbidden": each rule explains the objects whose change or
// addition it allows, and what stays unexplained is a forbidden change. This
// is the white list of signing.md §4.5 and §10.
type differ struct {
	old, new *pdf.File
	end      int64 // of the old state; new objects must stand behind it

	changed   map[pdf.Ref]bool // in both states, with another value
	added     map[pdf.Ref]bool
	explained map[pdf.Ref]bool
	lone      map[int]string   // objects that only one place may refer to
	widgets   map[pdf.Ref]bool // of signatures that were added
	resources bool             // the form's resources grew
	touched   map[int]bool     // numbers that later sections name; nil: unknown

	step
}

// diff compares old with new.
func diff(old, new *pdf.File, end int64) step {
	d := &differ{old: old, new: new, end: end, changed: map[pdf.Ref]bool{}, added: map[pdf.Ref]bool{},
		explained: map[pdf.Ref]bool{}, lone: map[int]string{}, widgets: map[pdf.Ref]bool{}}
	for _, rule := range []func() error{d.collect, d.containers, d.trailer, d.catalog, d.form, d.pages, d.leftovers, d.references} {
		if err := rule(); err != nil {
			d.unread = append(d.unread, err.Error())
		}
	}
	return d.step
}

// forbid notes a change that no rule allows.
func (d *differ) forbid(format string, args ...any) {
	d.forbidden = append(d.forbidden, fmt.Sprintf(format, args...))
}

// allow notes a change that a rule allows.
func (d *differ) allow(c change) {
	if !slices.Contains(d.changes, c) {
		d.changes = append(d.changes, c)
	}
}

// collect finds the objects that differ.
func (d *differ) collect() error {
	d.touched = d.named()
	before := map[pdf.Ref]bool{}
	for _, ref := range d.old.Refs() {
		before[ref] = true
	}
	for _, ref := range d.new.Refs() {
		if !before[ref] {
			d.added[ref] = true
			if err := d.behind(ref); err != nil {
				return err
			}
			continue
		}
		delete(before, ref)
		same, err := d.same(ref)
		if err != nil {
			return err
		}
		if !same {
			d.changed[ref] = true
			if err := d.behind(ref); err != nil {
				return err
			}
		}
	}
	for ref := range before {
		d.forbid("object %s removed", ref)
	}
	return nil
}

// named lists the object numbers that the added cross-reference sections name;
// nothing else can have changed. It is nil when the new chain of sections does
// not go on from the old one.
func (d *differ) named() map[int]bool {
	touched := map[int]bool{}
	var older []int64
	for _, s := range d.new.Sections() {
		if s.Offset < d.end {
			older = append(older, s.Offset)
			continue
		}
		for n := range s.Objects() {
			touched[n] = true
		}
	}
	var own []int64
	for _, s := range d.old.Sections() {
		own = append(own, s.Offset)
	}
	if !slices.Equal(own, older) {
		return nil
	}
	return touched
}

// same compares one object: at the same place it is the same, elsewhere its
// value decides.
func (d *differ) same(ref pdf.Ref) (bool, error) {
	if d.touched != nil && !d.touched[ref.Num] {
		return true, nil
	}
	from, to, err := d.places(ref)
	if err != nil || (from == to && from.In.IsZero()) {
		return err == nil, err
	}
	if from == to {
		outerFrom, outerTo, err := d.places(from.In)
		if err != nil || outerFrom == outerTo {
			return err == nil, err
		}
	}
	a, err := d.old.Object(ref)
	if err != nil {
		return false, err
	}
	b, err := d.new.Object(ref)
	if err != nil {
		return false, err
	}
	return d.equal(a, b)
}

// places locates an object in both states.
func (d *differ) places(ref pdf.Ref) (from, to pdf.Location, err error) {
	if from, _, err = d.old.Locate(ref); err != nil {
		return from, to, err
	}
	to, _, err = d.new.Locate(ref)
	return from, to, err
}

// equal compares values, streams with their data.
func (d *differ) equal(a, b pdf.Object) (bool, error) {
	x, ok := a.(*pdf.Stream)
	if !ok {
		return pdf.Equal(a, b), nil
	}
	y, ok := b.(*pdf.Stream)
	if !ok || x.Length != y.Length || !pdf.Equal(x.Dict, y.Dict) {
		return false, nil
	}
	dataX, err := d.old.StreamData(x)
	if err != nil {
		return false, err
	}
	dataY, err := d.new.StreamData(y)
	return bytes.Equal(dataX, dataY), err
}

// behind demands that a new or changed object stands in the bytes that were
// added, not in some corner of the signed ones prepared for it, and that no
// key in it occurs twice.
func (d *differ) behind(ref pdf.Ref) error {
	loc, ok, err := d.new.Locate(ref)
	if err != nil {
		return err
	}
	if ok && !loc.In.IsZero() {
		if loc, ok, err = d.new.Locate(loc.In); err != nil {
			return err
		}
	}
	if !ok || loc.Offset < d.end {
		d.forbid("object %s stands inside the signed part", ref)
	}
	o, err := d.new.Object(ref)
	if err != nil {
		return err
	}
	if hasDuplicate(o) {
		d.forbid("object %s names a key twice", ref)
	}
	return nil
}

// hasDuplicate looks for a dictionary that names a key twice.
func hasDuplicate(o pdf.Object) bool {
	switch x := o.(type) {
	case *pdf.Dict:
		return twice(x) || slices.ContainsFunc(x.Entries, func(e pdf.Entry) bool { return hasDuplicate(e.Value) })
	case *pdf.Stream:
		return hasDuplicate(x.Dict)
	case pdf.Array:
		return slices.ContainsFunc(x, hasDuplicate)
	}
	return false
}

// twice reports whether a dictionary names a key twice. The catalog's Version
// is let pass: digitorus/pdfsign repeats it at every further signature, and
// whichever counts draws nothing.
func twice(d *pdf.Dict) bool {
	if !d.Duplicate {
		return false
	}
	seen := map[pdf.Name]bool{}
	for _, e := range d.Entries {
		if seen[e.Key] && !(e.Key == "Version" && d.Get("Type") == pdf.Name("Catalog")) {
			return true
		}
		seen[e.Key] = true
	}
	return false
}

// explain accepts one changed or added object.
func (d *differ) explain(ref pdf.Ref) { d.explained[ref] = true }

// explainLone accepts a changed object provided that only one place of the old
// state refers to it: an array that is a page's annotations must not be
// something else as well.
func (d *differ) explainLone(o pdf.Object, what string) {
	ref, ok := o.(pdf.Ref)
	if !ok {
		return
	}
	d.explain(ref)
	if d.changed[ref] {
		d.lone[ref.Num] = what
	}
}

// explainTree accepts the added objects that a value leads to.
func (d *differ) explainTree(o pdf.Object) error {
	queue := refsIn(o, nil)
	for len(queue) > 0 {
		ref := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !d.added[ref] || d.explained[ref] {
			continue
		}
		d.explain(ref)
		value, err := d.new.Object(ref)
		if err != nil {
			return err
		}
		queue = refsIn(value, queue)
	}
	return nil
}

// refsIn appends the references in a value.
func refsIn(o pdf.Object, to []pdf.Ref) []pdf.Ref {
	switch x := o.(type) {
	case pdf.Ref:
		return append(to, x)
	case pdf.Array:
		for _, e := range x {
			to = refsIn(e, to)
		}
	case *pdf.Dict:
		if x != nil {
			for _, e := range x.Entries {
				to = refsIn(e.Value, to)
			}
		}
	case *pdf.Stream:
		return refsIn(x.Dict, to)
	}
	return to
}

// containers accepts the streams that hold objects or cross-references.
func (d *differ) containers() error {
	holds := map[int]bool{}
	for _, ref := range d.new.Refs() {
		if loc, ok, err := d.new.Locate(ref); err == nil && ok && !loc.In.IsZero() {
			holds[loc.In.Num] = true
		}
	}
	sections := map[int64]bool{}
	for _, s := range d.new.Sections() {
		sections[s.Offset] = true
		if s.Hybrid != 0 && s.Offset >= d.end {
			d.forbid("two cross-references in one revision")
		}
	}
	for ref := range d.added {
		o, err := d.new.Object(ref)
		if err != nil {
			return err
		}
		stm, ok := o.(*pdf.Stream)
		if !ok {
			continue
		}
		loc, _, err := d.new.Locate(ref)
		if err != nil {
			return err
		}
		if stm.Get("Type") == pdf.Name("ObjStm") && holds[ref.Num] || stm.Get("Type") == pdf.Name("XRef") && sections[loc.Offset] {
			d.explain(ref)
		}
	}
	return nil
}

// leftovers forbids what no rule explained.
func (d *differ) leftovers() error {
	for _, set := range []struct {
		refs map[pdf.Ref]bool
		what string
	}{{d.changed, "changed"}, {d.added, "added"}} {
		for _, ref := range sortedRefs(set.refs) {
			if !d.explained[ref] {
				d.forbid("object %s %s", ref, set.what)
			}
		}
	}
	return nil
}

func sortedRefs(set map[pdf.Ref]bool) []pdf.Ref {
	refs := make([]pdf.Ref, 0, len(set))
	for ref := range set {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b pdf.Ref) int { return a.Num - b.Num })
	return refs
}

// references goes once through all references of the old state: a number that
// was named there but not in use must not be given a meaning now (the "hide"
// attack), and a lone object must have one referrer.
func (d *differ) references() error {
	numbers := map[int]bool{}
	for ref := range d.added {
		numbers[ref.Num] = true
	}
	if len(numbers) == 0 && len(d.lone) == 0 {
		return nil
	}
	count := map[int]int{}
	visit := func(o pdf.Object) {
		for _, ref := range refsIn(o, nil) {
			count[ref.Num]++
		}
	}
	visit(d.old.Trailer().Without("Prev", "XRefStm"))
	for _, ref := range d.old.Refs() {
		o, err := d.old.Object(ref)
		if err != nil {
			return err
		}
		if stm, ok := o.(*pdf.Stream); !ok || stm.Get("Type") != pdf.Name("XRef") {
			visit(o)
		}
	}
	for _, n := range sortedNumbers(numbers) {
		if count[n] > 0 {
			d.forbid("object number %d was kept free for this", n)
		}
	}
	for n, what := range d.lone {
		if count[n] > 1 {
			d.forbid("the object of the %s is used elsewhere too", what)
		}
	}
	return nil
}

func sortedNumbers(set map[int]bool) []int {
	out := make([]int, 0, len(set))
	for n := range set {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
