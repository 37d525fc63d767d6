package exchange

import (
	"bufio"
	"bytes"
	"container/heap"
	"context"
	"errors"
	"io"
	"os"
	"slices"
)

// runSize is how many bytes of lines are sorted in memory at a time.
const runSize = 4 << 20

// runs sorts more lines than memory should hold: whenever a batch is full it
// goes, sorted, to a temporary file; in the end the runs are merged.
type runs struct {
	dir   string
	batch []byte
	lines []stretch
	file  *os.File
	ends  []int64 // where each run ends in the file
}

// stretch is where a line lies in the batch.
type stretch struct{ from, to int }

// add takes a line, without its end. The bytes are copied.
func (r *runs) add(line []byte) error {
	if len(r.batch)+len(line) > runSize {
		if err := r.spill(); err != nil {
			return err
		}
	}
	if r.batch == nil {
		r.batch = make([]byte, 0, runSize)
	}
	from := len(r.batch)
	r.batch = append(r.batch, line...)
	r.lines = append(r.lines, stretch{from, len(r.batch)})
	return nil
}

func (r *runs) at(s stretch) []byte { return r.batch[s.from:s.to] }

// spill writes the batch as a run.
func (r *runs) spill() (err error) {
	if len(r.lines) == 0 {
		return nil
	}
	if r.file == nil {
		if r.file, err = os.CreateTemp(r.dir, "agencies-*.runs"); err != nil {
			return err
		}
	}
	slices.SortFunc(r.lines, func(a, b stretch) int { return bytes.Compare(r.at(a), r.at(b)) })
	w := bufio.NewWriterSize(r.file, 64<<10)
	for _, s := range r.lines {
		w.Write(r.at(s))
		w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		return err
	}
	end, err := r.file.Seek(0, io.SeekCurrent)
	r.ends = append(r.ends, end)
	r.batch, r.lines = r.batch[:0], r.lines[:0]
	return err
}

// each gives all lines in order, without their ends; a line is valid until the
// next one. Nothing can be added any more.
func (r *runs) each(ctx context.Context, take func(line []byte) error) error {
	if err := r.spill(); err != nil {
		return err
	}
	r.batch, r.lines = nil, nil
	var m merger
	from := int64(0)
	for _, end := range r.ends {
		s := &source{lines: bufio.NewReaderSize(io.NewSectionReader(r.file, from, end-from), 64<<10)}
		from = end
		if err := s.next(); err != nil {
			return err
		}
		m = append(m, s)
	}
	heap.Init(&m)
	for n := 0; len(m) > 0; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := take(m[0].line); err != nil {
			return err
		}
		if err := m.advance(); err != nil {
			return err
		}
	}
	return nil
}

// close removes the file.
func (r *runs) close() error {
	if r.file == nil {
		return nil
	}
	return errors.Join(r.file.Close(), os.Remove(r.file.Name()))
}

// source is a run that is being read.
type source struct {
	lines *bufio.Reader
	line  []byte
}

// next reads the next line; io.EOF after the last.
func (s *source) next() error {
	s.line = s.line[:0]
	for {
		part, err := s.lines.ReadSlice('\n')
		s.line = append(s.line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return err
		}
		s.line = s.line[:len(s.line)-1]
		return nil
	}
}

// merger is a heap of runs by their present lines.
type merger []*source

var _ heap.Interface = (*merger)(nil)

// advance moves on from the smallest line.
func (m *merger) advance() error {
	err := (*m)[0].next()
	if err == io.EOF {
		heap.Pop(m)
		return nil
	}
	heap.Fix(m, 0)
	return err
}

// Len counts the runs left. The five methods are container/heap's.
func (m merger) Len() int { return len(m) }

// Less compares the present lines of two runs.
func (m merger) Less(i, j int) bool { return bytes.Compare(m[i].line, m[j].line) < 0 }

// Swap exchanges two runs.
func (m merger) Swap(i, j int) { m[i], m[j] = m[j], m[i] }

// Push adds a run.
func (m *merger) Push(s any) { *m = append(*m, s.(*source)) }

// Pop takes off the last run.
func (m *merger) Pop() any {
	last := len(*m) - 1
	s := (*m)[last]
	*m = (*m)[:last]
	return s
}
