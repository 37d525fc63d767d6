package signer

import (
	"strings"

	"vanthu/internal/pdf"
	"vanthu/internal/verdict"
)

// maxRevisions is the largest number of times a file may have been saved to be
// checked; every later save is compared with the one before.
const maxRevisions = 64

// The kinds of change that may follow a signature. In a report's ChangesAfter
// they read "kind" or "kind:name" or "kind:name=value"; ChangeText puts them
// into words.
const (
	changeSignature = "signature"       // a signature was added; name: its field
	changeTimestamp = "timestamp"       // a document time stamp was added
	changeText      = "text"            // number, day or month was filled in
	changeEvidence  = "validation-data" // certificates and revocation data (DSS)
	changeMetadata  = "metadata"        // dates and programs in Info or XMP
	changeForbidden = "forbidden"       // name: what was changed that may not be
)

// change is one thing that a revision added.
type change struct {
	kind, name, value string
}

// String writes the change for a report.
func (c change) String() string {
	s := c.kind
	if c.name != "" {
		s += ":" + c.name
	}
	if c.value != "" {
		s += "=" + c.value
	}
	return s
}

// ChangeText is the sentence for a clerk to an entry of ChangesAfter.
func ChangeText(entry string) string {
	kind, rest, _ := strings.Cut(entry, ":")
	name, value, _ := strings.Cut(rest, "=")
	switch kind {
	case changeSignature:
		return "Thêm chữ ký số ở ô " + name
	case changeTimestamp:
		return "Thêm dấu thời gian của văn bản"
	case changeText:
		return "Điền " + fieldLabel(name) + ": " + value
	case changeEvidence:
		return "Thêm dữ liệu để kiểm tra chữ ký"
	case changeMetadata:
		return "Cập nhật thông tin tệp"
	case changeForbidden:
		return "Sửa đổi không được phép: " + rest
	}
	return entry
}

// fieldLabel names a field that sealing fills, for the clerk.
func fieldLabel(field string) string {
	switch field {
	case FieldNumber:
		return "số"
	case FieldDay:
		return "ngày"
	case FieldMonth:
		return "tháng"
	case FieldYear:
		return "năm"
	}
	return field
}

// step is what one revision changed in the one before it.
type step struct {
	changes   []change
	forbidden []string // what it may not change; empty for an honest one
	unread    []string // what could not be compared
}

// compare goes through everything saved after the revision that s covers.
func (v *verifier) compare(s *signature) {
	revs := v.file.Revisions()
	last := len(revs) - 1
	if last-s.rev > maxRevisions {
		s.lower(verdict.NotEnoughData, reasonTooManyRevisions)
		return
	}
	// As they were when signed: a later revision must not loosen them.
	alone, err := v.prefix(s.rev)
	if err != nil {
		s.fail(reasonNotARevision)
		return
	}
	limits := readLimits(alone, s)
	for i := s.rev; i < last; i++ {
		v.apply(s, limits, v.stepAt(i, func() (*pdf.File, error) { return v.prefix(i + 1) }))
	}
	if !v.isLast(last) {
		v.apply(s, limits, v.stepAt(last, func() (*pdf.File, error) { return v.file, nil }))
	}
	if !v.blank(max(revs[last].End, s.hole.covered), v.file.Size()) {
		s.out.ChangesAfter = append(s.out.ChangesAfter, change{changeForbidden, "bytes after the end", ""}.String())
		s.fail(reasonTail)
	}
}

// apply adds one step to the signature's report.
func (v *verifier) apply(s *signature, limits limits, st *step) {
	for _, c := range st.changes {
		s.out.ChangesAfter = append(s.out.ChangesAfter, c.String())
		if !limits.allow(c) {
			s.fail(reasonLocked)
		}
	}
	if len(st.unread) > 0 {
		s.lower(verdict.NotEnoughData, ReasonDamagedFile)
	}
	for _, f := range st.forbidden {
		s.out.ChangesAfter = append(s.out.ChangesAfter, change{changeForbidden, f, ""}.String())
		s.fail(reasonChanged)
	}
}

// stepAt compares revision i with the next state, once for all signatures.
func (v *verifier) stepAt(i int, next func() (*pdf.File, error)) *step {
	if st := v.steps[i]; st != nil {
		return st
	}
	st := &step{}
	v.steps[i] = st
	before, err := v.prefix(i)
	if err == nil {
		var after *pdf.File
		if after, err = next(); err == nil {
			*st = diff(before, after, v.file.Revisions()[i].EOF)
		}
	}
	if err != nil {
		st.unread = append(st.unread, err.Error())
	}
	return st
}

// limits are what a signer locked: DocMDP and FieldMDP of the signature, and
// the /Lock of its field (ISO 32000-2 §12.8.2).
type limits struct {
	frozen bool // P 1: nothing but evidence and time stamps may follow
	locks  []lockRule
}

// lockRule is one FieldMDP or /Lock.
type lockRule struct {
	action pdf.Name
	fields []string
}

// readLimits reads the limits a signature sets.
func readLimits(f *pdf.File, s *signature) limits {
	var l limits
	references, _ := f.Array(s.dict.Get("Reference"))
	for _, o := range references {
		d, err := f.Dict(o)
		if err != nil || d == nil {
			continue
		}
		parameters, err := f.Dict(d.Get("TransformParams"))
		if err != nil || parameters == nil {
			continue
		}
		switch d.Get("TransformMethod") {
		case pdf.Name("DocMDP"):
			l.frozen = l.frozen || parameters.Get("P") == pdf.Integer(1)
		case pdf.Name("FieldMDP"):
			l.locks = append(l.locks, readLock(f, parameters))
		}
	}
	if lock, err := f.Dict(s.then.Dict.Get("Lock")); err == nil && lock != nil {
		l.locks = append(l.locks, readLock(f, lock))
		l.frozen = l.frozen || lock.Get("P") == pdf.Integer(1)
	}
	return l
}

// readLock reads action and field names.
func readLock(f *pdf.File, d *pdf.Dict) lockRule {
	var l lockRule
	l.action, _ = d.Get("Action").(pdf.Name)
	names, _ := f.Array(d.Get("Fields"))
	for _, o := range names {
		if v, err := f.Resolve(o); err == nil {
			if s, ok := v.(pdf.String); ok {
				l.fields = append(l.fields, s.Text())
			}
		}
	}
	return l
}

// locked reports whether the lock names the field or a parent of it.
func (l lockRule) locked(field string) bool {
	listed := false
	for _, f := range l.fields {
		listed = listed || field == f || strings.HasPrefix(field, f+".")
	}
	switch l.action {
	case "All":
		return true
	case "Include":
		return listed
	case "Exclude":
		return !listed
	}
	return false
}

// allow reports whether the signer left room for a change.
func (l limits) allow(c change) bool {
	switch c.kind {
	case changeEvidence, changeTimestamp, changeMetadata:
		return true
	}
	if l.frozen {
		return false
	}
	for _, lock := range l.locks {
		if lock.locked(c.name) {
			return false
		}
	}
	return true
}
