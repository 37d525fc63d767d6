package store

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// register is what registering an incoming document writes: a record of about
// 2 KB with six index entries of which four change, a line, two jobs, the journal.
func register(tx *Tx, i int) error {
	id := fmt.Sprintf("%08x", uint32(i)*2654435761)
	book := Book{"den", 2026}
	tx.About(id)
	n, err := tx.Enter(book, "2026-11-21", id, func(n int) any {
		return map[string]string{"subject": strings.Repeat("về việc ", 10), "from": "UBND huyện", "number": strconv.Itoa(n)}
	})
	if err != nil {
		return err
	}
	for _, kind := range []string{"ack", "status"} {
		if err := tx.Queue(Job{ID: kind + "/" + id, Kind: kind, Record: id, Payload: []byte(`{"to":"000.00.00.G22","status":"03"}`)}); err != nil {
			return err
		}
	}
	return tx.Put(registered(id, n))
}

func registered(id string, n int) note {
	return note{ID: id, Text: strings.Repeat("Quyết định về việc ", 90), Tags: []Entry{
		{"state", fmt.Sprintf("registered %08d", n)}, {"due", "2026-12-05"}, {"number", fmt.Sprintf("%08d", n)},
		{"arrived", fmt.Sprintf("2026-11-21T09:%08d", n)}, {"axis", id}, {"code", fmt.Sprintf("%d/UBND-VP", n%977)}}}
}

func arrived(tx *Tx, i int) error {
	n := registered(fmt.Sprintf("%08x", uint32(i)*2654435761), i)
	n.Tags = []Entry{{"state", fmt.Sprintf("received %08d", i)}, {"arrived", fmt.Sprintf("2026-11-21T09:%08d", i)},
		{"axis", n.ID}, {"code", fmt.Sprintf("%d/UBND-VP", i%977)}}
	return tx.Put(n)
}

// grown makes a store of n arrived documents of which all but spare are registered.
func grown(t testing.TB, n, spare int) *Store {
	t.Helper()
	s := openTest(t, t.TempDir())
	const batch = 20 // small, so that the free list stays as short as in real life
	for from := 0; from < n; from += batch {
		update(t, s, "fill", func(tx *Tx) error {
			for i := from; i < min(n, from+batch); i++ {
				if err := arrived(tx, i); err != nil {
					return err
				}
				if i >= n-spare {
					continue
				}
				if err := register(tx, i); err != nil {
					return err
				}
				for _, kind := range []string{"ack", "status"} {
					if err := tx.FinishJob(fmt.Sprintf("%s/%08x", kind, uint32(i)*2654435761)); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	return s
}

// written is the number of bytes this process has written so far (Linux).
func written(t testing.TB) int64 {
	raw, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip("no /proc/self/io to count the bytes written")
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "wchar: "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			return n
		}
	}
	t.Fatal("no wchar in /proc/self/io")
	return 0
}

func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			s := grown(b, n, 300)
			before, i := written(b), n-300
			for b.Loop() {
				if i == n {
					b.StopTimer()
					b.Fatal("use -benchtime=300x")
				}
				update(b, s, "register", func(tx *Tx) error { return register(tx, i) })
				i++
			}
			b.ReportMetric(float64(written(b)-before)/float64(i-(n-300))/1024, "KB/op")
			info, _ := os.Stat(filepath.Join(s.Dir(), fileName))
			b.ReportMetric(float64(info.Size())/1e6, "file-MB")
		})
	}
}

func BenchmarkPage(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		s := grown(b, n, 300)
		for _, index := range []string{"", "arrived", "state"} {
			b.Run(fmt.Sprintf("%d/%s", n, index), func(b *testing.B) {
				for b.Loop() {
					err := s.View(func(tx *Tx) error {
						list, err := List[note](tx, Window{Index: index, Limit: 50, Newest: true})
						if len(list) != 50 {
							return fmt.Errorf("%d records: %w", len(list), err)
						}
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
