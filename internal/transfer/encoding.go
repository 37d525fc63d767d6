package transfer

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// The content codings spoken here, best first.
const (
	Zstd = "zstd"
	Gzip = "gzip"
)

// window bounds the memory of packing and unpacking zstd, in bytes. RFC 9659
// lets no one need more than 8 MB for HTTP.
const (
	packWindow   = 1 << 20
	unpackWindow = 8 << 20
)

// encoding is the coding of an answer; "" is none.
func encoding(h http.Header) (string, error) {
	e := strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
	switch e {
	case "", "identity":
		return "", nil
	case Zstd:
		return Zstd, nil
	case Gzip, "x-gzip":
		return Gzip, nil
	}
	return "", fmt.Errorf("%w: content encoding %.40q", ErrProtocol, e)
}

// Choose picks the best coding of a list like "zstd, gzip;q=0.5" (RFC 7694); ""
// when it holds none.
func Choose(accepted string) string {
	best := ""
	for _, item := range strings.Split(accepted, ",") {
		name, quality, _ := strings.Cut(strings.ToLower(strings.TrimSpace(item)), ";")
		name, quality = strings.TrimSpace(name), strings.TrimSpace(quality)
		refused := strings.HasPrefix(quality, "q=0") && strings.Trim(quality[2:], "0.") == ""
		switch {
		case refused:
		case name == Zstd:
			return Zstd
		case name == Gzip, name == "x-gzip":
			best = Gzip
		}
	}
	return best
}

// Open reads a whole part unpacked. Its reader's errors are of class ErrContent,
// from limit on ErrTooLarge, or of the disk. The part must stay open meanwhile.
func (p *Part) Open(limit int64) (io.ReadCloser, error) {
	r, err := p.reader()
	if err != nil {
		return nil, err
	}
	return Unpack(r, p.header.Encoding, limit)
}

// Unpack decodes r by its coding, limit bytes at most. The stream must end where
// the coding ends.
func Unpack(r io.Reader, coding string, limit int64) (io.ReadCloser, error) {
	u := &unpacker{left: limit, stop: func() {}}
	switch coding {
	case "":
		u.r = r
		return u, nil
	case Zstd:
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(unpackWindow), zstd.WithDecoderMaxMemory(unpackWindow))
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrContent, err)
		}
		u.r, u.stop = d, d.Close
		return u, nil
	case Gzip:
		d, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrContent, err)
		}
		u.r = d
		return u, nil
	}
	return nil, fmt.Errorf("%w: coding %q", ErrProtocol, coding)
}

// unpacker limits what is unpacked and classes the errors.
type unpacker struct {
	r    io.Reader
	left int64
	stop func()
}

// Read gives what is unpacked.
func (u *unpacker) Read(b []byte) (int, error) {
	n, err := u.r.Read(b[:min(int64(len(b)), u.left+1)])
	if int64(n) > u.left {
		return 0, ErrTooLarge
	}
	u.left -= int64(n)
	if err != nil && err != io.EOF && !errors.Is(err, ErrContent) {
		err = fmt.Errorf("%w: %w", ErrContent, err)
	}
	return n, err
}

// Close gives the memory back.
func (u *unpacker) Close() error {
	u.stop()
	return nil
}

// small is the length below which the time of packing does not matter.
const small = 64 << 10

// Pack writes the size bytes of r to w in a coding. What large packets are made
// of is base64 of what is compressed already: there are no repetitions to find,
// only two bits in eight to leave out, so the cheapest levels lose nothing, if
// they are told to pack what does not repeat (measured in BenchmarkPack: 1.0004
// of the binary with it, 1.333 without). What is small is text.
func Pack(w io.Writer, r io.Reader, size int64, coding string) error {
	p, err := packer(w, size, coding)
	if err != nil {
		return err
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{p}, struct{ io.Reader }{io.LimitReader(r, size)}, make([]byte, chunk))
	if err == nil && n < size {
		err = io.ErrUnexpectedEOF
	}
	return errors.Join(err, p.Close())
}

func packer(w io.Writer, size int64, coding string) (io.WriteCloser, error) {
	gzipLevel := gzip.HuffmanOnly
	if size < small {
		gzipLevel = gzip.BestCompression
	}
	switch coding {
	case Zstd:
		// Higher levels save some fifty bytes of a report and take 30 MB of tables.
		return zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1),
			zstd.WithWindowSize(packWindow), zstd.WithLowerEncoderMem(true), zstd.WithAllLitEntropyCompression(true))
	case Gzip:
		return gzip.NewWriterLevel(w, gzipLevel)
	}
	return nil, fmt.Errorf("%w: coding %q", ErrProtocol, coding)
}
