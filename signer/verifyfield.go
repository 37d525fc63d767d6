package signer

import (
	"slices"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// find lists the signatures: those that a field of the form holds, in the
// order of signing, then those that have no field and those that are gone.
func (v *verifier) find() {
	fields, err := v.file.Fields()
	if err != nil {
		s := &signature{broken: true, out: verdict.Signature{Covers: verdict.Partial}}
		s.lower(verdict.NotEnoughData, reasonDamagedForm) // signatures in it turn up as orphans
		v.signatures = append(v.signatures, s)
	}
	seen := map[pdf.Ref]bool{}
	for _, fd := range fields {
		if fd.Type == "Sig" && fd.Value != nil && !v.null(fd.Value) {
			v.add(fd, seen)
		}
	}
	slices.SortStableFunc(v.signatures, func(a, b *signature) int {
		return int(signedLength(a.dict) - signedLength(b.dict))
	})
	v.removed()
	v.orphans(seen)
}

// null reports whether a value is a reference to nothing, which is the same as
// no value.
func (v *verifier) null(o pdf.Object) bool {
	value, err := v.file.Resolve(o)
	return err == nil && value == nil
}

// suspect adds an entry for something that looks like a signature and is none.
func (v *verifier) suspect(field, reason string, d *pdf.Dict) {
	s := &signature{dict: d, out: verdict.Signature{Field: field, Covers: verdict.Partial}}
	s.fail(reason)
	v.signatures = append(v.signatures, s)
}

// add takes up one signed field.
func (v *verifier) add(fd pdf.Field, seen map[pdf.Ref]bool) {
	s := &signature{field: fd, out: verdict.Signature{Field: fd.Name, Covers: verdict.Partial}}
	v.signatures = append(v.signatures, s)
	value, err := v.file.Resolve(fd.Value)
	d, ok := value.(*pdf.Dict)
	switch {
	case err != nil || !ok:
		s.fail(reasonBadDictionary)
		return
	case d.Duplicate || fd.Dict.Duplicate:
		s.fail(reasonDuplicateKey)
	}
	s.dict = d
	if ref, ok := fd.Value.(pdf.Ref); ok {
		if seen[ref] {
			s.fail(reasonShared)
		}
		seen[ref] = true
	}
	v.claims(s)
}

// claims notes what the dictionary says of itself.
func (v *verifier) claims(s *signature) {
	if m, err := v.file.Resolve(s.dict.Get("M")); err == nil {
		if text, ok := m.(pdf.String); ok {
			if t, ok := parseDate(text.Text()); ok {
				s.out.ClaimedTime = &t
			}
		}
	}
	if s.dict.Get("SubFilter") == pdf.Name("ETSI.RFC3161") {
		s.out.Role = verdict.Timestamp
	}
}

// signedLength orders signatures: a later one covers more.
func signedLength(d *pdf.Dict) int64 {
	if d == nil {
		return 0
	}
	a, _ := d.Get("ByteRange").(pdf.Array)
	if len(a) != 4 {
		return 0
	}
	start, _ := a[2].(pdf.Integer)
	n, _ := a[3].(pdf.Integer)
	const top = 1 << 40
	return min(max(int64(start), 0), top) + min(max(int64(n), 0), top)
}

// orphans reports signature dictionaries that no field refers to: other
// programs may show them as signatures.
func (v *verifier) orphans(seen map[pdf.Ref]bool) {
	v.usageRights(seen)
	refs := v.file.Refs()
	slices.SortFunc(refs, func(a, b pdf.Ref) int { return a.Num - b.Num })
	for _, ref := range refs {
		if seen[ref] {
			continue
		}
		o, err := v.file.Object(ref)
		if err != nil {
			continue // a damaged object nobody needs; what is needed is checked where it is
		}
		if d, ok := o.(*pdf.Dict); ok && looksSigned(d) && !v.holds(d) {
			v.suspect(ref.String(), reasonOrphan, d)
		}
	}
}

// usageRights passes over the signature with which Adobe once enabled saving
// in its reader (/Perms/UR3): it has no field and says nothing about content.
func (v *verifier) usageRights(seen map[pdf.Ref]bool) {
	catalog, err := v.file.Catalog()
	if err != nil {
		return
	}
	perms, err := v.file.Dict(catalog.Get("Perms"))
	if err != nil || perms == nil {
		return
	}
	for _, key := range []pdf.Name{"UR", "UR3"} {
		if ref, ok := perms.Get(key).(pdf.Ref); ok {
			seen[ref] = true
		}
	}
}

// looksSigned tells a signature dictionary.
func looksSigned(d *pdf.Dict) bool {
	_, ranged := d.Get("ByteRange").(pdf.Array)
	return ranged && d.Has("Contents")
}

// holds reports whether d is the dictionary of a signature already found.
func (v *verifier) holds(d *pdf.Dict) bool {
	e, _ := d.Find("Contents")
	for _, s := range v.signatures {
		if own, ok := s.dict.Find("Contents"); ok && own.Offset == e.Offset {
			return true
		}
	}
	return false
}

// removed reports signatures that an earlier revision holds and the file as
// it stands does not.
func (v *verifier) removed() {
	revs := v.file.Revisions()
	known := map[int64]bool{}
	for _, s := range v.signatures {
		known[contentsOffset(s.dict)] = true
	}
	for i := max(0, len(revs)-maxRevisions); i+1 < len(revs); i++ {
		before, err := v.prefix(i)
		if err != nil {
			continue // an old revision that cannot be read hides nothing we accept
		}
		fields, err := before.Fields()
		if err != nil {
			continue
		}
		for _, fd := range fields {
			d, err := before.Dict(fd.Value)
			if fd.Type != "Sig" || err != nil || d == nil || !looksSigned(d) || known[contentsOffset(d)] {
				continue
			}
			known[contentsOffset(d)] = true
			v.suspect(fd.Name, reasonRemoved, d)
		}
	}
}

// contentsOffset identifies a signature by where its hole begins.
func contentsOffset(d *pdf.Dict) int64 {
	e, ok := d.Find("Contents")
	if !ok {
		return -1
	}
	return e.Offset
}

// prefix opens revision i alone.
func (v *verifier) prefix(i int) (*pdf.File, error) {
	if f := v.prefixes[i]; f != nil {
		return f, nil
	}
	f, err := v.file.Prefix(v.file.Revisions()[i])
	if err == nil {
		v.prefixes[i] = f
	}
	return f, err
}
