package page

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"time"
)

// Helper is the argument that makes the executable a reader of pages for another
// process; the cache folder of Open follows it.
const Helper = "page-reader"

var (
	// ErrNoProcess: the other process could not be started; nothing was looked at.
	ErrNoProcess = errors.New("page reader cannot be started")
	// errEnded: it ended over its work, which no other process should take up.
	errEnded = errors.New("page reader has ended")
)

// Remote reads pages in a process of its own, which is this executable again: what
// came from elsewhere is looked at where it can take no memory and no secret of
// ours. The process starts at the first use and is let go after idle minutes.
type Remote struct {
	// Command starts the process; nil is this executable with Helper.
	Command  func() (*exec.Cmd, error)
	CacheDir string

	mu    sync.Mutex // one question at a time
	line  *remoteLine
	timer *time.Timer
}

// remoteLine is a running process.
type remoteLine struct {
	to   io.WriteCloser
	from *bufio.Reader
	kill func() // at once, and forgets it
}

// question and reply are one line of JSON each.
type (
	question struct {
		Path string `json:"path"`
	}
	reply struct {
		Mark    string `json:"mark,omitempty"`
		Found   bool   `json:"found,omitempty"`
		Problem string `json:"problem,omitempty"`
	}
)

// SecretMark is Reader.SecretMark of the file at path. The end of ctx ends the
// process.
func (r *Remote) SecretMark(ctx context.Context, path string) (mark string, found bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	if r.line == nil {
		if r.line, err = r.start(); err != nil {
			return "", false, fmt.Errorf("%w: %w", ErrNoProcess, err)
		}
	}
	stop := context.AfterFunc(ctx, r.line.kill)
	a, err := r.line.ask(question{path})
	switch {
	case !stop():
		r.end()
		return "", false, ctx.Err()
	case err != nil:
		r.end()
		return "", false, fmt.Errorf("%w: %w", errEnded, err)
	}
	r.rest()
	if a.Problem != "" {
		return "", false, errors.New(a.Problem)
	}
	return a.Mark, a.Found, nil
}

func (r *Remote) start() (*remoteLine, error) {
	command := r.Command
	if command == nil {
		command = func() (*exec.Cmd, error) {
			self, err := os.Executable()
			return exec.Command(self, Helper, r.CacheDir), err
		}
	}
	cmd, err := command()
	if err != nil {
		return nil, err
	}
	to, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	from, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	kill := sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		go cmd.Wait() //nolint:errcheck // it was told to end
	})
	return &remoteLine{to: to, from: bufio.NewReader(from), kill: kill}, nil
}

func (l *remoteLine) ask(q question) (reply, error) {
	var a reply
	b, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	if _, err := l.to.Write(append(b, '\n')); err != nil {
		return a, err
	}
	answer, err := l.from.ReadSlice('\n') // 4 KB at most
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(answer, &a)
}

// rest starts the idle clock anew; r.mu is held.
func (r *Remote) rest() {
	if r.timer != nil {
		r.timer.Stop()
	}
	r.timer = time.AfterFunc(idleTime, r.Close)
}

// Close ends the process. The next question starts another.
func (r *Remote) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.end()
}

func (r *Remote) end() {
	if r.timer != nil {
		r.timer.Stop()
	}
	if r.line != nil {
		r.line.kill()
		_ = r.line.to.Close()
	}
	r.line = nil
}

// Main is the whole life of the other process, when the arguments of the process
// (with its name first) ask for one: the caller then ends it with code.
func Main(args []string) (code int, asked bool) {
	if len(args) != 3 || args[1] != Helper {
		return 0, false
	}
	if err := serve(args[2], os.Stdin, os.Stdout); err != nil {
		return 1, true
	}
	return 0, true
}

// serve answers questions until in ends.
func serve(cacheDir string, in io.Reader, out io.Writer) error {
	r, err := Open(context.Background(), cacheDir)
	if err != nil {
		return err
	}
	defer r.Close()
	questions, answers := json.NewDecoder(in), json.NewEncoder(out)
	for {
		var q question
		if err := questions.Decode(&q); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := answers.Encode(r.reply(q)); err != nil {
			return err
		}
	}
}

const maxProblem = 500 // bytes of a problem's text

func (r *Reader) reply(q question) reply {
	mark, found, err := r.markIn(q.Path)
	if err != nil {
		return reply{Problem: fmt.Sprintf("%.*s", maxProblem, err.Error())}
	}
	return reply{Mark: mark, Found: found}
}

func (r *Reader) markIn(path string) (string, bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", false, err
	}
	return r.SecretMark(context.Background(), f, info.Size())
}
