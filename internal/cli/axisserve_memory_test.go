package cli

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axistest"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
)

// mostAxisMemory is what `axis serve` may have at its peak, in bytes.
const mostAxisMemory = 64 << 20

// largePacket writes a packet of about 100 MB: two files of random bytes, which
// nothing compresses.
func largePacket(t *testing.T, from, to document.Agency) *os.File {
	t.Helper()
	_, d := axistest.Packet(t, 1, from, []document.Agency{to}, nil)
	for i := range 2 {
		const size = 38_000_000
		d.Attachments = append(d.Attachments, edxml.Attachment{Name: fmt.Sprintf("ảnh %d.pdf", i), Size: size, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("%PDF-1.7"), io.LimitReader(rand.NewChaCha8([32]byte{byte(i)}), size-8))), nil
		}})
	}
	f, err := os.Create(filepath.Join(t.TempDir(), "large.edxml"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := edxml.WriteDocument(f, d); err != nil {
		t.Fatal(err)
	}
	return f
}

// peak is the most memory a process has had (VmHWM).
func peak(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip("peak memory is read from /proc")
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb int64
	if _, err := fmt.Sscanf(rest, "%d", &kb); err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// TestAxisTakesLittleMemory: packets of 100 MB go through `axis serve` in every
// mode, plain and with all it offers, and it never holds one.
func TestAxisTakesLittleMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("moves packets of 100 MB")
	}
	a, b := document.Agency{Code: "H01.1", Name: "Xã A"}, document.Agency{Code: "H01.2", Name: "Xã B"}
	packet := largePacket(t, a, b)
	size, err := packet.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []axis.Protocol{axis.SDK, axis.REST, axis.OAuth2} {
		for _, offers := range [][]string{nil, {"--offer", "range,zstd,tus"}} {
			t.Run(fmt.Sprint(mode, offers), func(t *testing.T) {
				s := startServing(t, t.TempDir(), append([]string{"--mode", string(mode), "--reprint"}, offers...)...)
				c, err := axis.New(axis.Config{URL: s.url, PlainAllowed: true, System: "S", Secret: []byte("bi mat"), Protocol: mode})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := c.Send(t.Context(), axis.Message{From: a.Code, Type: axis.Edoc, Body: packet, Size: size}); err != nil {
					t.Fatal(err)
				}
				list, err := c.Received(t.Context(), axis.Edoc)
				if err != nil || len(list) != 1 {
					t.Fatal(list, err)
				}
				sent := peak(t, s.cmd.Process.Pid)
				if n, err := c.Fetch(t.Context(), list[0].DocID, io.Discard, 1<<30); err != nil || n < size {
					t.Fatalf("%d bytes, %v", n, err)
				}
				whole := peak(t, s.cmd.Process.Pid)
				t.Logf("peak %d MB after sending, %d MB after fetching %d MB", sent>>20, whole>>20, size>>20)
				if whole > mostAxisMemory {
					t.Errorf("peak %d MB", whole>>20)
				}
			})
		}
	}
}
