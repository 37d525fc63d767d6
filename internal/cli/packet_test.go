package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// TestSamplePackets shows every sample as text and as JSON, extracts its files,
// packs what was shown and reads it again: the same packet, the same files.
func TestSamplePackets(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long")
	}
	files, _ := filepath.Glob(filepath.Join(samples(), "edxml", "*", "*.edxml"))
	if samples() == "" || len(files) == 0 {
		t.Skip("no ../shared/samples/edxml beside the checkout")
	}
	for _, path := range files {
		t.Run(filepath.Base(filepath.Dir(path))+"/"+filepath.Base(path), func(t *testing.T) {
			dir := t.TempDir()
			first := readPacket(t, path)
			showsEverything(t, path, first)
			shown, extracted := filepath.Join(dir, "shown.json"), filepath.Join(dir, "extracted")
			if err := os.WriteFile(shown, []byte(done(t, "packet", "show", path, "--json", "--extract", extracted)), 0o600); err != nil {
				t.Fatal(err)
			}
			again := filepath.Join(dir, "again.edxml")
			done(t, "packet", "pack", shown, "--out", again)
			second := readPacket(t, again)
			if !reflect.DeepEqual(first.Status, second.Status) || !sameDocument(t, first.Document, second.Document) {
				t.Errorf("read %+v %+v\nagain %+v %+v", first.Document, first.Status, second.Document, second.Status)
			}
			if first.Document != nil {
				if left, _ := os.ReadDir(extracted); len(left) != len(first.Document.Attachments) {
					t.Errorf("%d files extracted of %d", len(left), len(first.Document.Attachments))
				}
			}
		})
	}
}

func done(t *testing.T, words ...string) string {
	t.Helper()
	code, out, errs := say(t, words...)
	if code != Done {
		t.Fatalf("%q: exit %d: %s", words, code, errs)
	}
	return out
}

func readPacket(t *testing.T, path string) *edxml.Packet {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := edxml.Read(f, edxml.ReadOptions{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sameDocument compares two documents and every byte of their files.
func sameDocument(t *testing.T, a, b *edxml.Document) bool {
	if a == nil || b == nil {
		return a == b
	}
	for _, d := range []*edxml.Document{a, b} {
		for i := range d.Attachments {
			f := &d.Attachments[i]
			content, err := os.ReadFile(f.Path)
			if err != nil {
				t.Fatal(err)
			}
			f.Open, f.Path, f.Description = nil, "", f.Description+"\x00"+string(content)
		}
	}
	return reflect.DeepEqual(a, b)
}

// showsEverything: no text of the packet is missing on the screen or in the JSON.
func showsEverything(t *testing.T, path string, p *edxml.Packet) {
	t.Helper()
	text, object := done(t, "packet", "show", path), done(t, "packet", "show", path, "--json")
	var value any
	if err := json.Unmarshal([]byte(object), &value); err != nil {
		t.Fatal(err)
	}
	inJSON := map[string]bool{}
	gather(reflect.ValueOf(value), inJSON)
	wanted := map[string]bool{}
	gather(reflect.ValueOf(p.Document), wanted)
	gather(reflect.ValueOf(p.Status), wanted)
	for want := range wanted {
		if want == "" || strings.HasPrefix(want, os.TempDir()) {
			continue
		}
		if !strings.Contains(text, norm.NFC.String(asClerk(want))) {
			t.Errorf("not on the screen: %q", want)
		}
		if !inJSON[want] {
			t.Errorf("not in the JSON: %q", want)
		}
	}
}

// asClerk is a text of a packet as the screen writes it.
func asClerk(s string) string {
	if d, err := document.ParseDate(s); err == nil {
		return d.String()
	}
	return strings.ReplaceAll(s, "\n", "\n"+strings.Repeat(" ", 27))
}

// gather collects every text in v.
func gather(v reflect.Value, all map[string]bool) {
	switch v.Kind() {
	case reflect.String:
		all[v.String()] = true
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			gather(v.Elem(), all)
		}
	case reflect.Slice:
		for i := range v.Len() {
			gather(v.Index(i), all)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			gather(v.MapIndex(key), all)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				gather(v.Field(i), all)
			}
		}
	}
}
