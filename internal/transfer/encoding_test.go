package transfer_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"vanthu/internal/transfer"
)

func unpack(b []byte, coding string, limit int64) ([]byte, error) {
	r, err := transfer.Unpack(bytes.NewReader(b), coding, limit)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func TestPackAndUnpack(t *testing.T) {
	for _, coding := range []string{transfer.Zstd, transfer.Gzip} {
		for _, n := range []int{0, 1, 100, 64 << 10, 300_000} {
			want := body(1, n)
			packed := pack(t, want, coding)
			got, err := unpack(packed, coding, int64(n))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %d: %v", coding, n, err)
			}
			if n == 0 {
				continue
			}
			if _, err := unpack(packed, coding, int64(n-1)); !errors.Is(err, transfer.ErrTooLarge) {
				t.Errorf("%s of %d into %d: %v", coding, n, n-1, err)
			}
		}
	}
}

// Packets are base64 of what is compressed already; packing gives that back.
func TestBase64CostsNothing(t *testing.T) {
	binary := body(1, 300_000)
	text := []byte(base64.StdEncoding.EncodeToString(binary))
	for coding, most := range map[string]float64{transfer.Zstd: 1.001, transfer.Gzip: 1.005} {
		if ratio := float64(len(pack(t, text, coding))) / float64(len(binary)); ratio > most {
			t.Errorf("%s: %.4f of the binary", coding, ratio)
		}
	}
}

// zstdZeros and gzipZeros are bombs of n zeros.
func zstdZeros(t testing.TB, n int64, window int) []byte {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(window))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = io.CopyN(w, zeros{}, n); err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipZeros(t testing.TB, n int64) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.CopyN(w, zeros{}, n); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}

type zeros struct{}

// Read gives zeros.
func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBadStreams(t *testing.T) {
	good := map[string][]byte{transfer.Zstd: pack(t, body(1, 90_000), transfer.Zstd), transfer.Gzip: pack(t, body(1, 90_000), transfer.Gzip)}
	cases := map[string]struct {
		coding string
		b      []byte
		want   error
	}{
		"zstd bomb":            {transfer.Zstd, zstdZeros(t, 64<<20, 1<<20), transfer.ErrTooLarge},
		"gzip bomb":            {transfer.Gzip, gzipZeros(t, 64<<20), transfer.ErrTooLarge},
		"zstd window of 64 MB": {transfer.Zstd, zstdZeros(t, 64<<20, 64<<20), transfer.ErrContent},
		"zstd of nothing":      {transfer.Zstd, []byte("<edXML/>"), transfer.ErrContent},
		"gzip of nothing":      {transfer.Gzip, []byte("<edXML/>"), transfer.ErrContent},
		"empty gzip":           {transfer.Gzip, nil, transfer.ErrContent},
		"zstd cut":             {transfer.Zstd, good[transfer.Zstd][:50_000], transfer.ErrContent},
		"gzip cut":             {transfer.Gzip, good[transfer.Gzip][:50_000], transfer.ErrContent},
		"zstd without its sum": {transfer.Zstd, good[transfer.Zstd][:len(good[transfer.Zstd])-1], transfer.ErrContent},
		"gzip without its sum": {transfer.Gzip, good[transfer.Gzip][:len(good[transfer.Gzip])-1], transfer.ErrContent},
		"zstd and more":        {transfer.Zstd, append(bytes.Clone(good[transfer.Zstd]), "rác"...), transfer.ErrContent},
		"gzip and more":        {transfer.Gzip, append(bytes.Clone(good[transfer.Gzip]), "rác"...), transfer.ErrContent},
		"unknown":              {"br", nil, transfer.ErrProtocol},
	}
	for name, c := range cases {
		if _, err := unpack(c.b, c.coding, 1<<20); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// One flipped bit anywhere is found: both codings carry a checksum.
func TestFlippedBits(t *testing.T) {
	want := body(1, 2000)
	for _, coding := range []string{transfer.Zstd, transfer.Gzip} {
		packed := pack(t, want, coding)
		for at := range packed {
			b := bytes.Clone(packed)
			b[at] ^= 1
			if got, err := unpack(b, coding, limit); err == nil && !bytes.Equal(got, want) {
				t.Errorf("%s: bit of byte %d flipped and not found", coding, at)
			}
		}
	}
}

func FuzzUnpack(f *testing.F) {
	for i, coding := range []string{"", transfer.Zstd, transfer.Gzip} {
		f.Add(pack(f, []byte(strings.Repeat("<edXML/>", 40)), []string{transfer.Zstd, transfer.Zstd, transfer.Gzip}[i]), coding)
	}
	f.Add(zstdZeros(f, 1<<20, 1<<20), transfer.Zstd)
	f.Fuzz(func(t *testing.T, b []byte, coding string) {
		if got, err := unpack(b, coding, 1<<16); err == nil && len(got) > 1<<16 {
			t.Errorf("%d bytes", len(got))
		}
	})
}

func TestChoose(t *testing.T) {
	for accepted, want := range map[string]string{
		"": "", "zstd": "zstd", "gzip, zstd": "zstd", "gzip": "gzip", "x-gzip": "gzip", "GZIP;q=0.5": "gzip",
		"zstd;q=0, gzip": "gzip", "zstd;q=0.0": "", "zstd;q=0.1": "zstd", "br, deflate": "", "identity": "", ",,;;": "",
	} {
		if got := transfer.Choose(accepted); got != want {
			t.Errorf("%q: %q, want %q", accepted, got, want)
		}
	}
}

func BenchmarkPack(b *testing.B) {
	for _, n := range []int{300_000, 10_000_000} {
		text := []byte(base64.StdEncoding.EncodeToString(body(1, n)))
		for _, coding := range []string{transfer.Zstd, transfer.Gzip} {
			b.Run(fmt.Sprintf("%s/%d", coding, n), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					var out bytes.Buffer
					if err := transfer.Pack(&out, bytes.NewReader(text), int64(len(text)), coding); err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(out.Len())/float64(n), "of-the-binary")
				}
			})
		}
	}
}
