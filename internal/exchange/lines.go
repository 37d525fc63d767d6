package exchange

import (
	"bufio"
	"context"
	"io"
	"iter"
)

// maxLine bounds one line of the directory, in bytes.
const maxLine = 64 << 10

// readLines yields the lines of r without their ends, until ctx ends. A line is
// valid until the next one.
func readLines(ctx context.Context, r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s := bufio.NewScanner(r)
		s.Buffer(make([]byte, maxLine), maxLine)
		for n := 0; s.Scan(); n++ {
			if n%1024 == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			if !yield(s.Bytes(), nil) {
				return
			}
		}
		if err := s.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// seekLine finds, in sorted lines, the first line not before prefix; "" at the
// end.
func seekLine(r io.ReaderAt, size int64, prefix string) (string, error) {
	low, high := int64(0), size // the line begins in [low, high]
	for low < high {
		middle := low + (high-low)/2
		_, end, line, err := lineFrom(r, size, middle)
		if err != nil {
			return "", err
		}
		if line == "" || line >= prefix {
			high = middle
		} else {
			low = end
		}
	}
	_, _, line, err := lineFrom(r, size, low)
	return line, err
}

// lineFrom reads the first line that begins at or after offset: where it
// begins, where the next one does, and its text without the end.
func lineFrom(r io.ReaderAt, size, offset int64) (start, end int64, line string, err error) {
	from := max(0, offset-1)
	b := bufio.NewReaderSize(io.NewSectionReader(r, from, size-from), 1024)
	start = offset
	if offset > 0 { // a line begins at offset only if one ends before it
		skipped, err := b.ReadString('\n')
		if err == io.EOF {
			return size, size, "", nil
		}
		if err != nil {
			return 0, 0, "", err
		}
		start = from + int64(len(skipped))
	}
	text, err := b.ReadString('\n')
	if err != nil && err != io.EOF {
		return 0, 0, "", err
	}
	end = start + int64(len(text))
	if n := len(text); n > 0 && text[n-1] == '\n' {
		text = text[:n-1]
	}
	return start, end, text, nil
}
