package axissim

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// acceptedEncodings are those of request bodies, where compression is offered
// (RFC 7694). Answers choose from the same.
const acceptedEncodings = "zstd, gzip"

// window bounds the memory of one compressed stream, ours and those we read:
// RFC 8878 asks every reader for 8 MB, and a writer needs not have as much.
const (
	writeWindow = 1 << 20
	readWindow  = 8 << 20
)

var errEncoding = errors.New("no such encoding")

// decoder reads what came encoded. What it says of damaged bytes is a refusal.
func decoder(encoding string, r io.Reader) (io.ReadCloser, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "", "identity":
		return io.NopCloser(r), nil
	case "zstd":
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(readWindow))
		if err != nil {
			return nil, err
		}
		return unspoiled{d.IOReadCloser()}, nil
	case "gzip":
		d, err := gzip.NewReader(r)
		if err != nil {
			return nil, damaged(err)
		}
		return unspoiled{d}, nil
	}
	return nil, errEncoding
}

// unspoiled makes errors of a decoder refusals.
type unspoiled struct{ io.ReadCloser }

// Read passes on.
func (u unspoiled) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = damaged(err)
	}
	return n, err
}

func damaged(err error) error {
	return refused(codeInvalidFile, "Dữ liệu nén bị hỏng: "+err.Error())
}

// Levels of gzip. A packet is mostly base64, which has nothing to repeat: only
// its six bits in eight can be saved, and looking for repetitions hides them.
const (
	gzipPacket = gzip.HuffmanOnly
	gzipList   = gzip.DefaultCompression
)

// encoder writes encoded; Close ends the stream, not w.
func encoder(encoding string, w io.Writer, gzipLevel int) (io.WriteCloser, error) {
	if encoding == "gzip" {
		return gzip.NewWriterLevel(w, gzipLevel)
	}
	return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true), zstd.WithWindowSize(writeWindow),
		zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithAllLitEntropyCompression(true))
}

// chosen is the encoding of an answer: the one the client likes best, zstd where
// it has no preference, "" for none.
func (a *Axis) chosen(r *http.Request) string {
	if !a.options.Offers.Compression {
		return ""
	}
	best, liking := "", 0.0
	for _, member := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, parameter, _ := strings.Cut(strings.TrimSpace(member), ";")
		name = strings.ToLower(strings.TrimSpace(name))
		q := quality(parameter)
		if (name == "zstd" || name == "gzip") && (q > liking || q == liking && q > 0 && name == "zstd") {
			best, liking = name, q
		}
	}
	return best
}

// quality reads "q=0.5"; 1 without one.
func quality(parameter string) float64 {
	text, found := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameter), " ", ""), "q=")
	if !found {
		return 1
	}
	q, err := strconv.ParseFloat(text, 64)
	if err != nil || q < 0 {
		return 0
	}
	return min(q, 1)
}

// decoded takes the encoding off a request's body; false has been answered. An
// upload's encoding is told when it is used, not while it comes.
func (a *Axis) decoded(w http.ResponseWriter, r *http.Request) bool {
	named := r.Header.Get("Content-Encoding")
	if named == "" || r.ContentLength == 0 || isUpload(r.URL.Path) {
		return true
	}
	body, err := io.NopCloser(r.Body), errEncoding
	if a.options.Offers.Compression {
		body, err = decoder(named, r.Body)
	}
	switch {
	case errors.Is(err, errEncoding):
		w.Header().Set("Accept-Encoding", map[bool]string{true: acceptedEncodings, false: "identity"}[a.options.Offers.Compression])
		http.Error(w, "not in this encoding", http.StatusUnsupportedMediaType)
		return false
	case err != nil:
		http.Error(w, "the body is not encoded so", http.StatusBadRequest)
		return false
	}
	r.Body = body
	return true
}

// compressor compresses JSON answers that are long enough to be worth it.
// finish must be called when the answer is complete.
type compressor struct {
	http.ResponseWriter
	encoding string
	begun    bool
	encoder  io.WriteCloser // nil: the answer goes out as it is
}

// worthwhile is the length from which an answer is compressed; one of known
// length beyond longList is a packet in base64.
const (
	worthwhile = 1 << 10
	longList   = 1 << 20
)

func (c *compressor) begin() {
	c.begun = true
	h := c.Header()
	length, err := strconv.Atoi(h.Get("Content-Length"))
	known := err == nil
	if !strings.HasPrefix(h.Get("Content-Type"), "application/json") || h.Get("Content-Encoding") != "" || known && length < worthwhile {
		return
	}
	level := gzipList
	if known && length > longList {
		level = gzipPacket
	}
	e, err := encoder(c.encoding, c.ResponseWriter, level)
	if err != nil {
		return
	}
	c.encoder = e
	h.Del("Content-Length")
	h.Set("Content-Encoding", c.encoding)
	h.Add("Vary", "Accept-Encoding")
}

// WriteHeader decides whether this answer is compressed.
func (c *compressor) WriteHeader(status int) {
	if !c.begun && status >= 200 {
		c.begin()
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write compresses, or passes on.
func (c *compressor) Write(p []byte) (int, error) {
	if !c.begun {
		c.begin()
	}
	if c.encoder == nil {
		return c.ResponseWriter.Write(p)
	}
	return c.encoder.Write(p)
}

func (c *compressor) finish() {
	if c.encoder != nil {
		c.encoder.Close()
	}
}

// Unwrap is for http.ResponseController.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }
