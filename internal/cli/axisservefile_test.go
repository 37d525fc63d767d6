package cli

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
)

func TestAgencyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "danh-ba.csv")
	write := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("\ufeffCode, Name,ghi chú,parent,old_code,mail,system,version,deleted,locked\n" +
		"h01.2,\"Xã Hai, huyện Một\",x,H01,000.02.01.H01,a@b.vn,S,7,0,1\n" +
		"H01.1,đã có trên dòng lệnh\n" +
		"H01.3,Xã Ba cũ,,,,,,,1\n")
	read := func(path string) (all []axissim.Agency, err error) {
		for a, err := range agencyFile(path, []axissim.Agency{{Agency: document.Agency{Code: "H01.1", Name: "Xã A"}}}) {
			if err != nil {
				return nil, err
			}
			all = append(all, a)
		}
		return all, nil
	}
	got, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	want := []axissim.Agency{
		{Agency: document.Agency{Code: "H01.2", Name: "Xã Hai, huyện Một", Email: "a@b.vn"}, Parent: "H01", OldCode: "000.02.01.H01", System: "S", Version: 7, Locked: true},
		{Agency: document.Agency{Code: "H01.3", Name: "Xã Ba cũ"}, Deleted: true},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, a := range got {
		if a != want[i] {
			t.Errorf("got  %+v\nwant %+v", a, want[i])
		}
	}
	for text, complaint := range map[string]string{
		"": "danh-ba.csv", "name\nx\n": "cột code", "code\nH01.2\nH01 3\n": "dòng 3", "code,version\nH01.2,x\n": "dòng 2", "code\n\"H01\n": "danh-ba.csv",
	} {
		write(text)
		if _, err := read(path); err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := read(path + "x"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestAxisServeFlags: what does not go together is told before anything is
// opened.
func TestAxisServeFlags(t *testing.T) {
	for _, tt := range []struct{ flags, complaint string }{
		{"--tls-cert x", "--tls-key"}, {"--tls-cert x --tls-key y", "--tls-cert"}, {"--mode soap", "--mode"}, {"--offer range,brotli", "--offer"},
	} {
		var complaint bytes.Buffer
		words := append([]string{"axis", "serve", "--data", t.TempDir(), "--system", "S=" + os.DevNull, "--agency", "H01=A"}, strings.Fields(tt.flags)...)
		if code := Run(words, nil, io.Discard, &complaint); code != Misuse || !strings.Contains(complaint.String(), tt.complaint) {
			t.Errorf("%s: %d %s", tt.flags, code, &complaint)
		}
	}
}
