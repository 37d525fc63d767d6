package axissim

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"os"
	"strings"
	"testing"
)

// wantLeftovers counts the files among the packets.
func wantLeftovers(t *testing.T, a *Axis, want int) {
	t.Helper()
	files, err := os.ReadDir(a.packetDir())
	if err != nil || len(files) != want {
		t.Errorf("%d files among the packets, %v", len(files), err)
	}
}

// FuzzMembers: what the reader of a send takes for an object, encoding/json
// takes for one, and they agree on its members.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{"messageType":"edoc","from":"H40","to":["H40.1","H40.2"],"data":"PGVkWE1MLz4="}`, `{"data":"QQ=\u003d\n","upload":null}`, `{}`, `{"data":""`,
		` {"x":{"data":"a\"}"},"to":"H40.1" , "data":"PGVk\/w=="}`, `{"data":"`, `{"a":1,}`, `{"a" "b"}`, `[{}]`, `{"data":5}`, `{"\u0064ata":"QQ=="}`, "{\"data\":\"QQ==\"}\x00",
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, body []byte) {
		a := &Axis{options: Options{Dir: dir, MaxPacket: 1 << 16}}
		if err := os.MkdirAll(a.packetDir(), 0o700); err != nil {
			t.Fatal(err)
		}
		var l letter
		u, err := a.readMembers(bytes.NewReader(body), &l)
		var packet []byte
		if u != nil {
			packet, _ = os.ReadFile(u.file.Name())
			u.discard()
		}
		wantLeftovers(t, a, 0)
		if err != nil {
			return
		}
		var want struct{ Data *string }
		d := json.NewDecoder(bytes.NewReader(body))
		var members map[string]json.RawMessage
		if d.Decode(&members) != nil || json.Unmarshal(members["data"], &want.Data) != nil {
			return // we are more lenient
		}
		if raw, err := base64.StdEncoding.DecodeString(*want.Data); u != nil && (err != nil || !bytes.Equal(raw, packet)) {
			t.Errorf("%q is %q, %v", packet, raw, err)
		}
	})
}

// FuzzForm: no form makes the reader of a send fail otherwise than with an
// error, nor leave a file.
func FuzzForm(f *testing.F) {
	const edge = "--x\r\n"
	for _, seed := range []string{
		edge + "Content-Disposition: form-data; name=\"edocFile\"; filename=\"../a\"\r\n\r\n<edXML/>\r\n--x--\r\n",
		edge + "Content-Disposition: form-data; name=\"to\"\r\n\r\n[\"H40\"]\r\n" + edge + "Content-Disposition: form-data; name=\"edocFile\"\r\n\r\n\r\n--x--",
		edge + "Content-Disposition: form-data; name=\"\x00\xff\"\r\n\r\nx", edge + "\r\n\r\n", "--x--", "", edge + strings.Repeat("A: b\r\n", 50),
	} {
		f.Add([]byte(seed))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, body []byte) {
		a := &Axis{options: Options{Dir: dir, MaxPacket: 1 << 16}}
		if err := os.MkdirAll(a.packetDir(), 0o700); err != nil {
			t.Fatal(err)
		}
		var l letter
		u, err := a.form(multipart.NewReader(bytes.NewReader(body), "x"), &l)
		if u != nil {
			u.discard()
		}
		wantLeftovers(t, a, 0)
		if err == nil && len(l.kind)+len(l.to)+len(l.from) > len(body) {
			t.Errorf("more than there was: %+v", l)
		}
	})
}

// TestMemberTextInPieces: a packet reads the same however the line cuts it.
func TestMemberTextInPieces(t *testing.T) {
	packet := bytes.Repeat([]byte("<edXML>văn bản</edXML>"), 5000)
	body := `{"data":"` + strings.ReplaceAll(base64.StdEncoding.EncodeToString(packet), "/", `\/`) + `"}`
	a := &Axis{options: Options{Dir: t.TempDir(), MaxPacket: 1 << 20}}
	if err := os.MkdirAll(a.packetDir(), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 7, 4096} {
		var l letter
		u, err := a.readMembers(&pieces{strings.NewReader(body), n}, &l)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(u.file.Name())
		if u.discard(); err != nil || !bytes.Equal(got, packet) {
			t.Errorf("pieces of %d: %d bytes, %v", n, len(got), err)
		}
	}
}

type pieces struct {
	io.Reader
	n int
}

// Read gives n bytes at most.
func (p *pieces) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), p.n)]) }
