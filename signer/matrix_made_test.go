package signer

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/practice/form"
)

// specimen is one file of the matrix.
type specimen struct {
	name string
	make func(t *testing.T) []byte
	want error  // class of the refusal; nil: it must be signed twice
	size class  // what runs when
	tool string // a program that the file is made with and may be missing
}

type class int

const (
	full  class = iota // in the long run only
	quick              // in the short run too
	heavy              // minutes or much memory elsewhere: only in the long run, and named
)

func made(p paper) func(t *testing.T) []byte {
	return func(*testing.T) []byte { return p.build() }
}

// through rewrites a paper with qpdf.
func through(p paper, args ...string) func(t *testing.T) []byte {
	return func(t *testing.T) []byte { return qpdf(t, p.build(), args...) }
}

// edited replaces bytes, which may well damage the file.
func edited(p paper, old, repl string) func(t *testing.T) []byte {
	return func(t *testing.T) []byte {
		in := p.build()
		if !bytes.Contains(in, []byte(old)) {
			t.Fatalf("%q is not in the file", old)
		}
		return bytes.Replace(in, []byte(old), []byte(repl), 1)
	}
}

// reshaped is edited with the table written anew, so that nothing is damaged.
func reshaped(p paper, old, repl string) func(t *testing.T) []byte {
	return func(t *testing.T) []byte { return fixTable(t, edited(p, old, repl)(t)) }
}

// specimens is every file of our own making.
func specimens() []specimen {
	var out []specimen
	for _, group := range [][]specimen{structures(), pagesOfAllKinds(), forms(), archives(), holdings(), signedBefore(), broken(), ghostscripts(), large()} {
		out = append(out, group...)
	}
	return out
}

// structures: the same page, written in every way files are written.
func structures() []specimen {
	plain, info := paper{}, paper{info: true}
	return []specimen{
		{name: "plain table", make: made(plain), size: quick},
		{name: "object streams", make: through(info, "--object-streams=generate"), size: quick},
		{name: "linearized", make: through(info, "--linearize"), size: quick},
		{name: "linearized, object streams", make: through(info, "--linearize", "--object-streams=generate"), size: quick},
		{name: "hybrid cross-reference", make: made(paper{hybrid: true, info: true}), size: quick},
		{name: "cross-reference stream", make: made(paper{compact: true, info: true}), size: quick},
		{name: "cross-reference stream, predictor", make: through(info, "--object-streams=generate", "--compress-streams=y")},
		{name: "uncompressed object streams", make: through(info, "--object-streams=generate", "--compress-streams=n")},
		{name: "QDF", make: through(info, "--qdf", "--object-streams=disable")},
		{name: "document information", make: made(info)},
		{name: "no ID", make: reshaped(plain, "/ID [<0123456789ABCDEF0123456789ABCDEF> <0123456789ABCDEF0123456789ABCDEF>]", "")},
		{name: "no blank after the last %%EOF", make: func(*testing.T) []byte { return bytes.TrimRight(plain.build(), "\n") }},
		{name: "Windows line ends", make: made(paper{eol: "\r\n"})},
		{name: "old Macintosh line ends", make: made(paper{eol: "\r"})},
		{name: "header at an offset, counted from byte 0", make: func(t *testing.T) []byte { return paper{before: "junk before the header\n"}.build() }},
		{name: "header at an offset, counted from the header", make: func(t *testing.T) []byte {
			return append([]byte("junk before the header\n"), paper{info: true}.build()...)
		}},
		{name: "byte order mark before the header", make: func(t *testing.T) []byte { return append([]byte("\xEF\xBB\xBF"), paper{}.build()...) }},
		{name: "blank lines after the end", make: made(paper{after: "\r\n\r\n\r\n"})},
		{name: "zeros after the end", make: made(paper{after: strings.Repeat("\x00", 512)})},
		{name: "a page of rubbish after the end", make: made(paper{after: strings.Repeat("<!-- scanned -->\n", 60)})},
		{name: "PDF 1.0", make: made(paper{header: "%PDF-1.0"})},
		{name: "PDF 2.0", make: made(paper{header: "%PDF-2.0"})},
		{name: "version in the catalog", make: made(paper{catalog: "/Version /1.7 /Extensions << /ADBE << /BaseVersion /1.7 /ExtensionLevel 3 >> >>"})},
		{name: "a second revision", make: func(t *testing.T) []byte { return appendRevision(t, info.build()) }},
		{name: "five revisions, streams", make: func(t *testing.T) []byte {
			in := qpdf(t, info.build(), "--object-streams=generate")
			for range 4 {
				in = appendRevision(t, in)
			}
			return in
		}},
		{name: "linearized, then a revision", make: func(t *testing.T) []byte { return appendRevision(t, qpdf(t, info.build(), "--linearize")) }},
		{name: "lengths are objects", make: reshaped(paper{objs: []string{fmt.Sprint(lineLength)}}, fmt.Sprintf("<< /Length %d >>", lineLength), "<< /Length 6 0 R >>")},
		{name: "freed objects and generations", make: func(t *testing.T) []byte {
			in := edited(paper{objs: []string{"(x)"}}, "6 0 obj", "6 3 obj")(t)
			at := bytes.LastIndex(in, []byte(" 00000 n"))
			return append(append(append([]byte{}, in[:at]...), " 00003 n"...), in[at+8:]...)
		}},
		{name: "rows of zeros like a signature's hole", make: made(paper{objs: []string{"<< /Length 40000 >>\nstream\n" + strings.Repeat("/Contents<"+strings.Repeat("0", 9989)+"\n", 4)[:40000] + "\nendstream"}}), size: quick},
		{name: "words of the format in a stream", make: made(paper{objs: []string{"<< /Length 60 >>\nstream\n" + fmt.Sprintf("%-60s", "endobj startxref 0 %%EOF trailer << /Root 9 0 R >> xref") + "\nendstream"}})},
		{name: "comments and names with #20", make: made(paper{catalog: "% a comment >> endobj\n /Lang (vi\\055VN) /My#20Key [/A#42 (\\)\\() <41 4 2>]"})},
	}
}

// pagesOfAllKinds: rotation, crop boxes, sizes and trees.
func pagesOfAllKinds() []specimen {
	out := []specimen{
		{name: "cropped", make: made(paper{page: "/CropBox [40 60 560 800]"}), size: quick},
		{name: "origin far away", make: made(paper{box: "[-1000 -500 -405 342]", text: "BT /F1 14 Tf -900 0 Td (Hello clerk: number and date) Tj ET"})},
		{name: "crop box outside the media box", make: made(paper{page: "/CropBox [-50 -50 700 900]"})},
		{name: "corners the wrong way round", make: made(paper{box: "[595 842 0 0]"})},
		{name: "fractions of points", make: made(paper{box: "[0.0 0.0 595.27559 841.88976]"})},
		{name: "box is an object of its own", make: made(paper{box: "6 0 R", objs: []string{"[0 0 595 842]"}})},
		{name: "no media box at all", make: reshaped(paper{}, "/MediaBox [0 0 595 842]", "")},
		{name: "rotation inherited", make: made(paper{pages: "/Rotate 90"})},
		{name: "rotation of -90", make: made(paper{page: "/Rotate -90"})},
		{name: "user unit 2", make: made(paper{header: "%PDF-1.6", page: "/UserUnit 2.0"}), want: ErrCannotSign},
		{name: "transparency group", make: made(paper{page: "/Group << /S /Transparency /CS /DeviceRGB /I true >>"})},
		{name: "100 pages, tree of tens", make: made(paper{count: 100, fanout: 10})},
		{name: "content in pieces", make: reshaped(paper{objs: []string{"<< /Length 1 >>\nstream\nq\nendstream", "<< /Length 1 >>\nstream\nQ\nendstream"}}, "/Contents 5 0 R", "/Contents [6 0 R 5 0 R 7 0 R]")},
		{name: "page without content", make: reshaped(paper{}, "/Contents 5 0 R", "")},
	}
	for _, r := range []int{90, 180, 270} {
		out = append(out, specimen{name: fmt.Sprintf("rotated %d", r), make: made(paper{page: fmt.Sprintf("/Rotate %d", r)}), size: quick},
			specimen{name: fmt.Sprintf("cropped and rotated %d", r), make: made(paper{page: fmt.Sprintf("/CropBox [40 60 560 800] /Rotate %d", r)})})
	}
	for _, s := range [][3]string{{"A5", "420", "595"}, {"A3 landscape", "1191", "842"}, {"Letter", "612", "792"}, {"a card of 200 points", "200", "200"}, {"a poster of 5 m", "14400", "14400"}} {
		out = append(out, specimen{name: "size " + s[0], make: made(paper{box: "[0 0 " + s[1] + " " + s[2] + "]", text: "BT /F1 9 Tf 10 150 Td (Hello clerk) Tj ET"})})
	}
	return out
}

// archives: PDF/A by hand.
func archives() []specimen {
	var out []specimen
	for _, c := range []struct{ name, part, level string }{{"PDF/A-1b", "1", "B"}, {"PDF/A-2b", "2", "B"}, {"PDF/A-2u", "2", "U"}, {"PDF/A-3b", "3", "B"}} {
		out = append(out, specimen{name: c.name, make: func(t *testing.T) []byte { return archive(t, c.part, c.level) }, size: quick})
	}
	return append(out,
		specimen{name: "PDF/A-2b, object streams", make: func(t *testing.T) []byte { return qpdf(t, archive(t, "2", "B"), "--object-streams=generate") }},
		specimen{name: "PDF/A-3b, linearized", make: func(t *testing.T) []byte { return qpdf(t, archive(t, "3", "B"), "--linearize") }})
}

// archive declares the decree's form, whose fonts are embedded, to be PDF/A.
func archive(t *testing.T, part, level string) []byte {
	t.Helper()
	return added(t, practicePDF(t, practiceForm()), func(e formEdit) {
		xmp := "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" +
			"<rdf:Description rdf:about='' xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/'><pdfaid:part>" + part + "</pdfaid:part><pdfaid:conformance>" + level +
			"</pdfaid:conformance></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
		meta := e.u.Add(rawObject("/Type /Metadata /Subtype /XML", xmp))
		profile := e.u.Add(rawObject("/N 3 /Alternate /DeviceRGB", strings.Repeat("\x00", 128)))
		intent := e.u.Add([]byte("<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /DestOutputProfile " + profile.String() + " >>"))
		catalog, err := e.f.Catalog()
		must(t, err)
		e.u.Put(e.root(), catalog.With("Metadata", meta.String()).With("OutputIntents", "["+intent.String()+"]").Bytes())
	})
}

func practicePDF(t *testing.T, f form.Form) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, form.Write(&b, f))
	return b.Bytes()
}

// holdings: what else a document may hold.
func holdings() []specimen {
	long := practiceForm()
	for i := range 60 {
		long.Body = append(long.Body, fmt.Sprintf("Điều %d. Các cơ quan, đơn vị có liên quan chịu trách nhiệm thi hành Quyết định này theo chức năng, nhiệm vụ được giao.", i+3))
	}
	letter := practiceForm()
	letter.TypeName, letter.To = "Công văn", []string{"Sở Nội vụ tỉnh An Giang"}
	formed := func(f form.Form, args ...string) func(t *testing.T) []byte {
		return func(t *testing.T) []byte {
			if in := practicePDF(t, f); args == nil {
				return in
			} else {
				return qpdf(t, in, args...)
			}
		}
	}
	attached := paper{catalog: "/Names << /EmbeddedFiles << /Names [(a.txt) 6 0 R] >> >>", objs: []string{"<< /Type /Filespec /F (a.txt) /EF << /F 7 0 R >> >>", "<< /Type /EmbeddedFile /Length 3 >>\nstream\nabc\nendstream"}}
	return []specimen{
		{name: "decision of the decree's form", make: formed(practiceForm()), size: quick},
		{name: "decision, object streams", make: formed(practiceForm(), "--object-streams=generate")},
		{name: "decision, linearized", make: formed(practiceForm(), "--linearize")},
		{name: "official letter", make: formed(letter)},
		{name: "decision of several pages", make: formed(long)},
		{name: "outlines and labels", make: made(paper{count: 3, catalog: "/Outlines 6 0 R /PageMode /UseOutlines /PageLabels << /Nums [0 << /S /r >>] >>",
			objs: []string{"<< /First 7 0 R /Last 7 0 R /Count 1 >>", "<< /Title (A) /Parent 6 0 R /Dest [3 0 R /Fit] >>"}})},
		{name: "tagged", make: made(paper{catalog: "/MarkInfo << /Marked true >> /StructTreeRoot 6 0 R", objs: []string{"<< /Type /StructTreeRoot >>"}})},
		{name: "attached file", make: made(attached)},
		{name: "portfolio", make: made(paper{catalog: attached.catalog + " /Collection << /View /D >>", objs: attached.objs})},
		{name: "layers", make: made(paper{catalog: "/OCProperties << /OCGs [6 0 R] /D << /ON [6 0 R] >> >>", objs: []string{"<< /Type /OCG /Name (Layer) >>"}})},
		{name: "links, directly in the page", make: made(paper{page: "/Annots [<< /Type /Annot /Subtype /Link /Rect [10 10 50 30] /Border [0 0 0] /A << /S /URI /URI (http://example.vn) >> >>]"})},
		{name: "annotations in an object of their own", make: made(paper{page: "/Annots 6 0 R", objs: []string{"[7 0 R]", "<< /Type /Annot /Subtype /Link /Rect [10 10 50 30] /Dest [3 0 R /Fit] >>"}})},
		{name: "annotations of two pages in one object", make: made(paper{count: 2, page: "/Annots 6 0 R", objs: []string{"[7 0 R]", "<< /Type /Annot /Subtype /Link /Rect [10 10 50 30] /Dest [3 0 R /Fit] >>"}})},
		{name: "annotations null", make: made(paper{page: "/Annots null"})},
		{name: "annotations an empty object stream array", make: through(paper{page: "/Annots 6 0 R", objs: []string{"[]"}}, "--object-streams=generate", "--preserve-unreferenced")},
		{name: "usage rights", make: made(paper{catalog: "/Perms << /UR3 6 0 R >>", objs: []string{"<< /Type /Sig /ByteRange [0 1 2 3] /Contents <00> >>"}})},
		{name: "opens at a place", make: made(paper{catalog: "/OpenAction [3 0 R /Fit]"})},
		{name: "opens at a place by action", make: made(paper{catalog: "/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"})},
		{name: "runs a script when opened", make: made(paper{catalog: "/OpenAction << /S /JavaScript /JS (x) >>"}), want: ErrCannotSign, size: quick},
		{name: "runs a script when a page opens", make: made(paper{page: "/AA << /O << /S /JavaScript /JS (x) >> >>"}), want: ErrCannotSign},
		{name: "scripts by name", make: made(paper{catalog: "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>"}), want: ErrCannotSign},
		{name: "actions of the document", make: made(paper{catalog: "/AA << /WS << /S /JavaScript /JS (x) >> >>"}), want: ErrCannotSign},
	}
}

// ghostscripts: another writer's files, where it is installed.
func ghostscripts() []specimen {
	by := func(args ...string) func(t *testing.T) []byte {
		return func(t *testing.T) []byte {
			dir := t.TempDir()
			from, to := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
			must(t, os.WriteFile(from, practicePDF(t, practiceForm()), 0o600))
			run(t, "gs", append(append([]string{"-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", "-o", to}, args...), from)...)
			out, err := os.ReadFile(to)
			must(t, err)
			return out
		}
	}
	out := []specimen{
		{name: "Ghostscript, PDF 1.4", make: by("-dCompatibilityLevel=1.4"), tool: "gs"},
		{name: "Ghostscript, PDF 1.7", make: by("-dCompatibilityLevel=1.7"), tool: "gs"},
	}
	for _, part := range []string{"1", "2", "3"} {
		out = append(out, specimen{name: "Ghostscript, PDF/A-" + part + "b", make: by("-dPDFA="+part, "-sColorConversionStrategy=RGB", "-dPDFACompatibilityPolicy=1"), tool: "gs"})
	}
	return out
}

// large: what takes time and memory.
func large() []specimen {
	scan := func(mb int) string {
		noise := make([]byte, mb<<20)
		_, _ = rand.Read(noise) // crypto/rand never fails
		return fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(noise), noise)
	}
	return []specimen{
		{name: "2,000 pages, one node", make: made(paper{count: 2000}), size: heavy},
		{name: "2,000 pages, tree of tens", make: made(paper{count: 2000, fanout: 10}), size: heavy},
		{name: "2,000 pages, object streams", make: through(paper{count: 2000}, "--object-streams=generate"), size: heavy},
		{name: "50 MB", make: func(*testing.T) []byte { return paper{objs: []string{scan(50)}}.build() }, size: heavy},
	}
}

// pemFiles writes a key and its certificate for another program.
func pemFiles(t testing.TB, k *memKey) (key, cert string) {
	t.Helper()
	dir := t.TempDir()
	key, cert = filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	der, err := x509.MarshalPKCS8PrivateKey(k.signer)
	must(t, err)
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600))
	must(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: k.cert.Raw}), 0o600))
	return key, cert
}
