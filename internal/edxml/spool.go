package edxml

import (
	"fmt"
	"io"
	"os"
)

// maxFiles bounds the attachments of one packet: every one is an open file for
// a moment and an entry for the clerk.
const maxFiles = 1000

// spool is the decoded content of one attachment, in a file of its own.
type spool struct {
	path string
	size int64
	bad  int64 // characters that were no base64
}

// spools makes the temporary files of one packet and removes them on failure.
type spools struct {
	dir  string
	max  int64 // bytes per file
	left int64 // bytes for all files together: many small bombs are one big one
	all  []*spool
}

// capped refuses to write past its limit.
type capped struct {
	w    io.Writer
	left int64
}

// Write writes all of p or, past the limit, nothing.
func (c *capped) Write(p []byte) (int, error) {
	if int64(len(p)) > c.left {
		return 0, fmt.Errorf("attachment: %w", ErrTooLarge)
	}
	c.left -= int64(len(p))
	return c.w.Write(p)
}

// fill makes a new file and lets write pour at most s.max bytes into it.
func (s *spools) fill(write func(w io.Writer) error) (*spool, error) {
	if len(s.all) >= maxFiles {
		return nil, fmt.Errorf("more than %d attachments: %w", maxFiles, ErrTooLarge)
	}
	f, err := os.CreateTemp(s.dir, "edxml-*")
	if err != nil {
		return nil, err
	}
	sp := &spool{path: f.Name()}
	s.all = append(s.all, sp)
	most := min(s.max, s.left)
	limit := &capped{w: f, left: most}
	if err := write(limit); err != nil {
		f.Close()
		return nil, err
	}
	sp.size = most - limit.left
	s.left -= sp.size
	return sp, f.Close()
}

// keepOnly removes every file that is not among paths.
func (s *spools) keepOnly(paths map[string]bool) {
	for _, sp := range s.all {
		if !paths[sp.path] {
			os.Remove(sp.path)
		}
	}
}
