package page

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"

	"github.com/klippa-app/go-pdfium"
	"github.com/tetratelabs/wazero/api"
)

// engine calls pdfium's C functions in one sandbox instance. go-pdfium loads
// and wires the module; its own methods are not used, because they run without
// a context (a hostile file could not be stopped) and allocate for each
// character.
type engine struct {
	mod     api.Module
	files   fileAccess
	fns     map[string]api.Function
	scratch uint32 // 64 bytes in the sandbox for results
	stack   [16]uint64
}

// fileAccess is go-pdfium's way to read a file piece by piece.
type fileAccess interface {
	CreateFileAccessReader(size int64, r io.ReadSeeker) (access *uint64, index *uint32, err error)
}

func newEngine(instance pdfium.Pdfium) (*engine, error) {
	mod, files, err := module(instance)
	if err != nil {
		return nil, err
	}
	e := &engine{mod: mod, files: files, fns: map[string]api.Function{}}
	p, err := e.call(context.Background(), "malloc", 64)
	e.scratch = uint32(p)
	return e, err
}

// module takes the WebAssembly module and the access to files out of go-pdfium's
// instance. The type is internal to go-pdfium but its field Module and its method
// are exported; TestModuleIsReachable fails when a new version hides them.
func module(instance pdfium.Pdfium) (api.Module, fileAccess, error) {
	holder, ok := instance.(interface{ GetImplementation() interface{} })
	if !ok {
		return nil, nil, errSandbox
	}
	inner := holder.GetImplementation()
	files, ok := inner.(fileAccess)
	v := reflect.Indirect(reflect.ValueOf(inner))
	if !ok || v.Kind() != reflect.Struct {
		return nil, nil, errSandbox
	}
	field := v.FieldByName("Module")
	if !field.IsValid() || !field.CanInterface() {
		return nil, nil, errSandbox
	}
	mod, ok := field.Interface().(api.Module)
	if !ok {
		return nil, nil, errSandbox
	}
	return mod, files, nil
}

// call runs one exported function. When ctx ends while it runs, the instance
// stops for good and call returns an error.
func (e *engine) call(ctx context.Context, name string, args ...uint64) (uint64, error) {
	fn := e.fns[name]
	if fn == nil {
		if fn = e.mod.ExportedFunction(name); fn == nil {
			return 0, fmt.Errorf("%w: no function %s", errSandbox, name)
		}
		e.fns[name] = fn
	}
	stack := e.stack[:]
	clear(stack)
	copy(stack, args)
	if err := fn.CallWithStack(ctx, stack); err != nil {
		return 0, fmt.Errorf("%s: %w", name, firstLine(err))
	}
	return stack[0], nil
}

// firstLine leaves out the sandbox's stack trace, which has no names in it.
func firstLine(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return errors.New(line)
}

// judge names the class of a failure: the context's end, or a file that
// brought the sandbox down. Problems pass as they are.
func (e *engine) judge(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	for _, class := range []error{ErrUnreadable, ErrEncrypted, ErrLimit, ErrNoPage, errSandbox} {
		if errors.Is(err, class) {
			return err
		}
	}
	if e.mod.Memory().Size() > maxMemory/4*3 {
		return fmt.Errorf("%w: %w", beyondLimits(), err)
	}
	return fmt.Errorf("%w: %w", unreadable(), err)
}

// place copies bytes into the sandbox.
func (e *engine) place(ctx context.Context, b []byte) (uint32, error) {
	p, err := e.call(ctx, "malloc", uint64(len(b)))
	if err != nil {
		return 0, err
	}
	if p == 0 || !e.mod.Memory().Write(uint32(p), b) {
		return 0, beyondLimits()
	}
	return uint32(p), nil
}

// floats reads n 32-bit floats of the scratch place.
func (e *engine) floats(n uint32) ([]float64, error) {
	b, ok := e.mod.Memory().Read(e.scratch, 4*n)
	if !ok {
		return nil, errSandbox
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))))
	}
	return out, nil
}

// doubles reads n 64-bit floats of the scratch place.
func (e *engine) doubles(n uint32) ([]float64, error) {
	b, ok := e.mod.Memory().Read(e.scratch, 8*n)
	if !ok {
		return nil, errSandbox
	}
	out := make([]float64, n)
	for i := range out {
		out[i] = finite(math.Float64frombits(binary.LittleEndian.Uint64(b[8*i:])))
	}
	return out, nil
}

// finite keeps the numbers of a hostile file calculable.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.Abs(v) > 1e6 {
		return 0
	}
	return v
}
