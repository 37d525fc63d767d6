package exchange

import (
	"bufio"
	"slices"

	"vanthu/internal/document"
)

// sheetWriter makes the sheet out of the sorted lines: of all lines with one key
// at most one body and its aliases remain.
type sheetWriter struct {
	*build
	w, names *bufio.Writer
	offset   int64 // where the next line begins

	key     string
	listed  *row // as the list has it
	before  *row // as the sheet before has it
	olds    []document.Code
	aliases []document.Code
}

// line takes the next line.
func (s *sheetWriter) line(line []byte) error {
	key, kind, rest, ok := keyOf(line)
	if !ok {
		return nil
	}
	if string(key) != s.key {
		if err := s.flush(); err != nil {
			return err
		}
		s.key = string(key)
	}
	switch kind {
	case kindAlias:
		s.aliases = with(s.aliases, document.Code(rest))
	case kindOld:
		s.olds = with(s.olds, document.Code(rest))
	default:
		if r, ok := parseRow(string(line)); ok {
			s.body(r, kind)
		}
	}
	return nil
}

// with adds a code to a few that differ.
func with(codes []document.Code, c document.Code) []document.Code {
	if len(codes) >= maxOlds || slices.Contains(codes, c) {
		return codes
	}
	return append(codes, c)
}

// body takes a body of the present key. A list may have it several times, by
// mistake or with one old code each: the newest version stands, of equal ones
// the first in the order of lines.
func (s *sheetWriter) body(r row, kind byte) {
	of := &s.before
	if kind == kindListed {
		of = &s.listed
	}
	if *of == nil {
		*of = &r
		return
	}
	olds := append((*of).olds, r.olds...)
	if r.version > (*of).version {
		*of = &r
	}
	(*of).had(olds...)
}

// flush writes what there is of the present key.
func (s *sheetWriter) flush() error {
	if r := s.merged(); r != nil {
		r.had(s.olds...)
		if err := s.write(*r); err != nil {
			return err
		}
	}
	for _, c := range s.aliases {
		if err := s.put(pair(s.scratch[:0], document.Code(s.key), kindAlias, c)); err != nil {
			return err
		}
	}
	s.listed, s.before, s.olds, s.aliases = nil, nil, nil, nil
	return nil
}

// merged is the body of the present key; nil when there are aliases only.
func (s *sheetWriter) merged() *row {
	if s.listed != nil {
		s.build.listed++
	}
	switch {
	case s.listed == nil && s.before == nil:
		return nil
	case s.listed == nil:
		if s.whole && s.before.missing.IsZero() {
			s.before.missing = s.today
		}
		return s.before
	case s.before == nil:
		if s.old.Rows > 0 {
			s.listed.since = s.today
		}
		return s.listed
	}
	return s.renewed()
}

// renewed is a body that was in the sheet before. The whole list knows nothing of
// endings: what changes said about them stands, as long as the axis gives any.
func (s *sheetWriter) renewed() *row {
	r, was := s.listed, s.before
	r.had(was.olds...)
	r.since = was.since
	if r.Email == "" {
		r.Email = was.Email
	}
	if s.whole {
		r.version = was.version
	}
	switch {
	case s.whole && s.old.NoUnits.IsZero(), !r.ended.IsZero() && !was.ended.IsZero():
		r.ended = was.ended
	}
	return r
}

func (s *sheetWriter) write(r row) error {
	gone := r.gone(s.listedOn())
	if !gone {
		s.force++
	}
	s.scratch = s.d.nameLine(s.scratch[:0], r, gone, s.offset)
	if _, err := s.names.Write(s.scratch); err != nil {
		return err
	}
	return s.put(r.line(s.scratch[:0], kindBody))
}

func (s *sheetWriter) put(line []byte) error {
	s.scratch = append(line, '\n')
	n, err := s.w.Write(s.scratch)
	s.offset += int64(n)
	return err
}
