package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
)

// ErrClosed is returned by a Reader after Close.
var ErrClosed = errors.New("page reader is closed")

// Reader reads pages. It is safe for concurrent use; files are read one at a
// time. While loaded it holds about 60 MB, so it loads at the first use and
// lets go after two idle minutes.
type Reader struct {
	cacheDir string
	turn     chan struct{} // holds one token: whoever has it uses the fields below

	pool   pdfium.Pool
	closed bool
	uses   int // counts uses, so that an idle timer knows whether it is stale

	timerLock sync.Mutex
	timer     *time.Timer
}

// Open makes a Reader that keeps compiled code in cacheDir (about 14 MB; the
// first use ever takes some seconds, later ones some 50 ms). With an empty
// cacheDir, or one that cannot be written, every process compiles anew. No
// work is done before the first use.
func Open(_ context.Context, cacheDir string) (*Reader, error) {
	r := &Reader{cacheDir: cacheDir, turn: make(chan struct{}, 1)}
	r.turn <- struct{}{}
	return r, nil
}

// Close lets go of the sandbox, waiting for a running call to end.
func (r *Reader) Close() error {
	<-r.turn
	defer func() { r.turn <- struct{}{} }()
	r.stopTimer()
	r.closed = true
	return r.unload()
}

// Release lets go of the sandbox's memory now instead of after the idle time.
// The next use loads it again.
func (r *Reader) Release() error {
	<-r.turn
	defer func() { r.turn <- struct{}{} }()
	return r.unload()
}

// Load makes the sandbox ready ahead of the first use, which otherwise waits for
// it: some seconds the first time on a machine, 50 ms later.
func (r *Reader) Load(ctx context.Context) error {
	return r.hold(ctx, func() error { return nil })
}

// hold waits for the turn and runs fn with the sandbox loaded.
func (r *Reader) hold(ctx context.Context, fn func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-r.turn:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.turn <- struct{}{} }()
	if r.closed {
		return ErrClosed
	}
	if err := r.load(); err != nil {
		return fmt.Errorf("load pdfium: %w", err)
	}
	defer r.rest()
	return fn()
}

// with opens pdf in a fresh sandbox and gives it to fn. Panics of the library
// become errors; a context that ends, or the time limit, stops the sandbox.
// Loading does not count: a slow machine may take long the first time.
func (r *Reader) with(ctx context.Context, pdf content, fn func(context.Context, *file) error) error {
	if pdf.Size() > maxFile {
		return beyondLimits()
	}
	return r.hold(ctx, func() (err error) {
		ctx, cancel := context.WithTimeoutCause(ctx, maxTime, beyondLimits())
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("%w: %v", unreadable(), p)
			}
		}()
		return r.run(ctx, pdf, fn)
	})
}

func (r *Reader) run(ctx context.Context, pdf content, fn func(context.Context, *file) error) error {
	instance, err := r.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return fmt.Errorf("start pdfium: %w", err)
	}
	defer instance.Close()
	e, err := newEngine(instance)
	if err != nil {
		return err
	}
	f, err := e.open(ctx, pdf)
	if err != nil {
		return e.judge(ctx, err)
	}
	return e.judge(ctx, fn(ctx, f))
}

// load compiles the sandbox, from the cache when there is one. A damaged or
// forbidden cache only costs time.
func (r *Reader) load() error {
	if r.pool != nil {
		return nil
	}
	if cache, err := openCache(r.cacheDir); err == nil {
		if r.pool, err = newPool(cache); err == nil {
			return nil
		}
	}
	var err error
	r.pool, err = newPool(wazero.NewCompilationCache())
	return err
}

func openCache(dir string) (wazero.CompilationCache, error) {
	if dir == "" {
		return nil, os.ErrNotExist
	}
	// The folder holds machine code that will be run: nobody else may write it.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return wazero.NewCompilationCacheWithDir(dir)
}

// newPool makes the sandbox: no folder is mounted, nothing is printed, memory
// has a ceiling, and a context's end stops running code.
func newPool(cache wazero.CompilationCache) (pdfium.Pool, error) {
	return webassembly.Init(webassembly.Config{
		MaxTotal: 1,
		FSConfig: wazero.NewFSConfig(),
		Stdout:   io.Discard,
		Stderr:   io.Discard,
		RuntimeConfig: wazero.NewRuntimeConfig().
			WithCompilationCache(cache).
			WithMemoryLimitPages(maxMemory / wasmPage).
			WithCloseOnContextDone(true),
	})
}

func (r *Reader) unload() error {
	if r.pool == nil {
		return nil
	}
	pool := r.pool
	r.pool = nil
	err := pool.Close()
	debug.FreeOSMemory() // the program may now be idle for hours
	return err
}

// rest starts the idle clock anew. It runs while the turn is held.
func (r *Reader) rest() {
	r.uses++
	used := r.uses
	r.timerLock.Lock()
	defer r.timerLock.Unlock()
	if r.timer != nil {
		r.timer.Stop()
	}
	r.timer = time.AfterFunc(idleTime, func() { r.sleep(used) })
}

// sleep unloads unless the reader was used since, or is in use.
func (r *Reader) sleep(used int) {
	select {
	case <-r.turn:
	default:
		return
	}
	defer func() { r.turn <- struct{}{} }()
	if r.uses == used {
		_ = r.unload()
	}
}

func (r *Reader) stopTimer() {
	r.timerLock.Lock()
	defer r.timerLock.Unlock()
	if r.timer != nil {
		r.timer.Stop()
	}
}
