package edxml

import (
	"bytes"
	"encoding/base64"
	"io"
	"math/rand/v2"
	"os"
	"testing"
)

// benchSize is the file of a packet of about 10 MB.
const benchSize = 7_500_000

func benchFile() []byte {
	b := make([]byte, benchSize)
	copy(b, "%PDF-1.7\n")
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b[9:])
	return b
}

func benchDocument(file []byte) Document {
	d := fullDocument()
	d.Attachments = []Attachment{{Name: "Quyết định 15.pdf", Size: int64(len(file)), Open: content(file)}}
	return d
}

// BenchmarkRead reads a packet of 10 MB to files; MB/s is that of the packet.
// Compare with BenchmarkFileDecode, which does as much for the bytes alone, and
// with BenchmarkMemoryDecode, which writes nothing.
func BenchmarkRead(b *testing.B) {
	raw := written(b, func(w io.Writer) error { return WriteDocument(w, benchDocument(benchFile())) })
	dir := b.TempDir()
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		p, err := Read(bytes.NewReader(raw), ReadOptions{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		p.Remove()
	}
}

// BenchmarkMemoryDecode decodes the same content with encoding/base64 from
// memory to memory.
func BenchmarkMemoryDecode(b *testing.B) {
	text := base64.StdEncoding.AppendEncode(nil, benchFile())
	out := make([]byte, benchSize)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := base64.StdEncoding.Decode(out, text); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFileDecode does the same and puts the bytes into a file.
func BenchmarkFileDecode(b *testing.B) {
	text := base64.StdEncoding.AppendEncode(nil, benchFile())
	out := make([]byte, benchSize)
	path := b.TempDir() + "/file"
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := base64.StdEncoding.Decode(out, text); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, out, 0o600); err != nil {
			b.Fatal(err)
		}
		os.Remove(path)
	}
}

// BenchmarkWrite writes a packet of 10 MB; MB/s is that of the packet. Compare
// with BenchmarkPlainEncode.
func BenchmarkWrite(b *testing.B) {
	d := benchDocument(benchFile())
	b.SetBytes(int64(len(written(b, func(w io.Writer) error { return WriteDocument(w, d) }))))
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteDocument(io.Discard, d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPlainEncode encodes the same file with encoding/base64.
func BenchmarkPlainEncode(b *testing.B) {
	file := benchFile()
	b.SetBytes(int64(base64.StdEncoding.EncodedLen(len(file))))
	b.ReportAllocs()
	for b.Loop() {
		e := base64.NewEncoder(base64.StdEncoding, io.Discard)
		if _, err := io.Copy(e, bytes.NewReader(file)); err != nil {
			b.Fatal(err)
		}
		e.Close()
	}
}

// BenchmarkDecoder decodes the content alone, in one line and in the lines of
// MIME; compare with BenchmarkMemoryDecode.
func BenchmarkDecoder(b *testing.B) {
	text := base64.StdEncoding.AppendEncode(nil, benchFile())
	var lines []byte
	for rest := text; len(rest) > 0; rest = rest[min(76, len(rest)):] {
		lines = append(append(lines, rest[:min(76, len(rest))]...), "\r\n"...)
	}
	for name, text := range map[string][]byte{"one line": text, "lines": lines} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				d := newDecoder(io.Discard)
				d.Write(text)
				d.Close()
			}
		})
	}
}
