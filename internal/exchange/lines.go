package exchange

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
)

// pageSize is how much of a blob is read at a time to find one line, in bytes.
const pageSize = 1 << 10

// lineFrom reads the first line that begins at or after offset: where it
// begins, where the next one does, and its text without the end. At the end of
// r there is none: start is size.
func lineFrom(r io.ReaderAt, size, offset int64) (start, end int64, line string, err error) {
	from := max(0, offset-1)
	b := bufio.NewReaderSize(io.NewSectionReader(r, from, size-from), pageSize)
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
	return start, start + int64(len(text)), strings.TrimSuffix(text, "\n"), nil
}

// seek finds, in sorted lines, where the first line begins that does not come
// before prefix; size when there is none.
func seek(r io.ReaderAt, size int64, prefix string) (int64, error) {
	low, high := int64(0), size // it begins in [low, high]
	for low < high {
		middle := low + (high-low)/2
		start, end, line, err := lineFrom(r, size, middle)
		switch {
		case err != nil:
			return 0, err
		case start < size && line < prefix:
			low = end
		default:
			high = middle
		}
	}
	start, _, _, err := lineFrom(r, size, low)
	return start, err
}

// eachFrom gives the lines from the first on that does not come before prefix,
// until take wants no more.
func eachFrom(r io.ReaderAt, size int64, prefix string, take func(line string) bool) error {
	at, err := seek(r, size, prefix)
	if err != nil {
		return err
	}
	b := bufio.NewReaderSize(io.NewSectionReader(r, at, size-at), pageSize)
	for {
		line, err := b.ReadString('\n')
		if err != nil && err != io.EOF {
			return err
		}
		if line == "" || !take(strings.TrimSuffix(line, "\n")) {
			return nil
		}
	}
}

// chunkSize is how much of a blob is searched at a time, in bytes.
const chunkSize = 256 << 10

// eachChunk gives r in pieces of whole lines, about chunkSize long, until take
// wants no more. A line begins with its line feed. A piece is valid until the
// next one.
func eachChunk(ctx context.Context, r io.Reader, take func(chunk []byte) bool) error {
	buf := make([]byte, 0, chunkSize)
	for {
		if len(buf) == cap(buf) { // one line longer than it all
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := io.ReadFull(r, buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && !last:
			return err
		case last:
			if len(buf) > 0 {
				take(buf)
			}
			return nil
		}
		end := bytes.LastIndexByte(buf, '\n')
		if end > 0 && !take(buf[:end]) {
			return nil
		}
		buf = buf[:copy(buf, buf[max(0, end):])]
	}
}
