package pdf

import (
	"bytes"
	"fmt"
)

// Object is a PDF value: nil (null), bool, Integer, Real, String, Name, Array, *Dict, *Stream or Ref.
type Object any

// Integer is a whole number.
type Integer int64

// Real is a number with a fraction.
type Real float64

// String is a string after unescaping. Hex tells how it was written: /Contents of a signature must be hex.
type String struct {
	Bytes []byte
	Hex   bool
}

// Name is a name without its slash, #xx decoded.
type Name string

// Array is a sequence of values.
type Array []Object

// Ref names an indirect object. The zero Ref names none.
type Ref struct{ Num, Gen int }

// String writes the reference as in a file: "12 0 R".
func (r Ref) String() string { return fmt.Sprintf("%d %d R", r.Num, r.Gen) }

// IsZero tells that the reference names no object.
func (r Ref) IsZero() bool { return r == Ref{} }

// Entry is one key of a dictionary with its value.
type Entry struct {
	Key    Name
	Value  Object
	Raw    []byte // the value exactly as written
	Offset int64  // of the first byte of Raw in the file; -1 inside an object stream
}

// Dict is a dictionary; the order of the file is kept.
type Dict struct {
	Entries   []Entry
	Duplicate bool // a key occurs twice: readers disagree which one counts, so a verifier should refuse
}

// Find returns the entry of key, the last one when there are several.
func (d *Dict) Find(key Name) (Entry, bool) {
	if d == nil {
		return Entry{}, false
	}
	for i := len(d.Entries) - 1; i >= 0; i-- {
		if d.Entries[i].Key == key {
			return d.Entries[i], true
		}
	}
	return Entry{}, false
}

// Get returns the value of key as written (a Ref is not followed), nil when absent.
func (d *Dict) Get(key Name) Object {
	e, _ := d.Find(key)
	return e.Value
}

// Has tells whether the key is present.
func (d *Dict) Has(key Name) bool { _, ok := d.Find(key); return ok }

// Keys returns the keys in the order of the file.
func (d *Dict) Keys() []Name {
	if d == nil {
		return nil
	}
	keys := make([]Name, len(d.Entries))
	for i, e := range d.Entries {
		keys[i] = e.Key
	}
	return keys
}

// With returns a copy in which key has the raw value; an absent key is added at the end.
func (d *Dict) With(key Name, raw string) *Dict {
	out := d.Without(key)
	at := len(out.Entries)
	for i, e := range d.Entries {
		if e.Key == key {
			at = i
			break
		}
	}
	e := Entry{Key: key, Raw: []byte(raw), Offset: -1}
	e.Value, _ = (&parser{data: e.Raw, base: -1}).value() // what the caller writes is a value
	out.Entries = append(out.Entries[:at], append([]Entry{e}, out.Entries[at:]...)...)
	return out
}

// Without returns a copy that lacks the keys.
func (d *Dict) Without(keys ...Name) *Dict {
	out := &Dict{Entries: make([]Entry, 0, len(d.Entries)+1)}
next:
	for _, e := range d.Entries {
		for _, k := range keys {
			if e.Key == k {
				continue next
			}
		}
		out.Entries = append(out.Entries, e)
	}
	return out
}

// Bytes writes the dictionary with the raw bytes of every value.
func (d *Dict) Bytes() []byte {
	var b bytes.Buffer
	b.WriteString("<<")
	for _, e := range d.Entries {
		b.WriteString("\n" + WriteName(e.Key) + " ")
		b.Write(e.Raw)
	}
	b.WriteString("\n>>")
	return b.Bytes()
}

// Stream is a dictionary with data. The data stays in the file: see File.StreamData and File.Decode.
type Stream struct {
	*Dict
	Offset int64 // of the first data byte; -1 for none
	Length int64 // of the data as it stands in the file
}

// Equal compares two values by meaning: order of keys, spelling of numbers and
// strings and raw bytes do not count. Streams are equal when their dictionaries
// are and they stand at the same place.
func Equal(a, b Object) bool {
	switch x := a.(type) {
	case String:
		y, ok := b.(String)
		return ok && bytes.Equal(x.Bytes, y.Bytes)
	case Integer, Real:
		f, okA := Float(a)
		g, okB := Float(b)
		return okA && okB && f == g
	case Array:
		y, ok := b.(Array)
		return ok && equalArrays(x, y)
	case *Dict:
		y, ok := b.(*Dict)
		return ok && equalDicts(x, y)
	case *Stream:
		y, ok := b.(*Stream)
		return ok && x.Offset == y.Offset && x.Length == y.Length && equalDicts(x.Dict, y.Dict)
	default:
		return a == b
	}
}

func equalArrays(x, y Array) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !Equal(x[i], y[i]) {
			return false
		}
	}
	return true
}

func equalDicts(x, y *Dict) bool {
	if len(x.Entries) != len(y.Entries) || x.Duplicate || y.Duplicate {
		return false
	}
	for _, e := range x.Entries {
		other, ok := y.Find(e.Key)
		if !ok || !Equal(e.Value, other.Value) {
			return false
		}
	}
	return true
}

// Float returns the value of an Integer or a Real.
func Float(o Object) (float64, bool) {
	switch n := o.(type) {
	case Integer:
		return float64(n), true
	case Real:
		return float64(n), true
	}
	return 0, false
}
