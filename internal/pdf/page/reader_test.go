package page

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func TestNothingIsLoadedBeforeUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	r, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.pool != nil {
		t.Error("loaded at Open")
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("cache folder made at Open: %v", err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Text(context.Background(), nil); !errors.Is(err, ErrClosed) {
		t.Errorf("use after Close: %v", err)
	}
}

func TestLoadAhead(t *testing.T) {
	r := reader(t)
	if err := r.Load(context.Background()); err != nil || r.pool == nil {
		t.Errorf("Load: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := r.Load(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Load with a context that is over: %v", err)
	}
}

func TestIdleReaderLetsGo(t *testing.T) {
	r := reader(t)
	pdf := write(t, decision())
	use := func() {
		t.Helper()
		if _, err := r.Text(context.Background(), pdf); err != nil {
			t.Fatal(err)
		}
	}
	use()
	stale := r.uses
	use()
	if r.sleep(stale); r.pool == nil {
		t.Error("a stale timer unloaded a reader in use")
	}
	if r.sleep(r.uses); r.pool != nil {
		t.Error("still loaded after the idle time")
	}
	use()
	if err := r.Release(); err != nil || r.pool != nil {
		t.Errorf("Release: %v", err)
	}
	use()
}

func TestModuleIsReachable(t *testing.T) {
	r := reader(t)
	if err := r.load(); err != nil {
		t.Fatal(err)
	}
	instance, err := r.pool.GetInstanceWithContext(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer instance.Close()
	if _, _, err := module(instance); err != nil {
		t.Errorf("go-pdfium no longer shows its module: %v", err)
	}
}

// TestDamagedCache: compiled code that is cut, or a folder that cannot be one,
// costs time and nothing else.
func TestDamagedCache(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles pdfium three times")
	}
	dir := t.TempDir()
	pdf := write(t, decision())
	use := func(dir string) {
		t.Helper()
		r, err := Open(context.Background(), dir)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if _, err := r.Text(context.Background(), pdf); err != nil {
			t.Fatalf("with cache %s: %v", dir, err)
		}
	}
	use(dir)
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	if len(files) == 0 {
		t.Fatal("nothing was cached")
	}
	for _, f := range files {
		if err := os.Truncate(f, 1000); err != nil {
			t.Fatal(err)
		}
	}
	use(dir)
	notDir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(notDir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	use(notDir)
}

func TestConcurrentUse(t *testing.T) {
	r := reader(t)
	pdf := write(t, decision())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if i%4 == 3 {
				_ = r.Release()
				return
			}
			if _, err := r.Layout(context.Background(), pdf, Hints{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func BenchmarkText(b *testing.B) {
	r := reader(b)
	pdf := write(b, decision())
	for b.Loop() {
		if _, err := r.Text(context.Background(), pdf); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLayout(b *testing.B) {
	r := reader(b)
	pdf := write(b, decision())
	for b.Loop() {
		if _, err := r.Layout(context.Background(), pdf, Hints{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPicture100dpi(b *testing.B) {
	r := reader(b)
	pdf := write(b, decision())
	for b.Loop() {
		if _, err := r.Picture(context.Background(), pdf, 1, 100); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFirstText includes loading from a warm cache, as the first document
// of a day does.
func BenchmarkFirstText(b *testing.B) {
	r := reader(b)
	pdf := write(b, decision())
	for b.Loop() {
		if _, err := r.Text(context.Background(), pdf); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = r.Release()
		b.StartTimer()
	}
}
