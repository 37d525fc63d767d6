package office

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
)

// Home is the folder that holds one office.
type Home struct {
	Dir string // absolute path
}

// DefaultHome is the office's folder when none is named: "vanthu" under the
// user's XDG data folder.
func DefaultHome() Home { return Home{Dir: filepath.Join(xdg.DataHome, "vanthu")} }

// HomeAt makes a Home of a path given by a person. The path may be relative
// to the working folder and need not exist yet.
func HomeAt(path string) (Home, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Home{}, fmt.Errorf("home %s: %w", path, err)
	}
	return Home{Dir: abs}, nil
}

// Config is the settings file.
func (h Home) Config() string { return filepath.Join(h.Dir, "vanthu.toml") }

// StoreDir is the folder of the store: the home itself.
func (h Home) StoreDir() string { return h.Dir }

// TrustDir holds the root certificates signatures are checked against.
func (h Home) TrustDir() string { return filepath.Join(h.Dir, "trust") }

// KeysDir holds the soft keys of a practice office.
func (h Home) KeysDir() string { return filepath.Join(h.Dir, "keys") }

// SecretFile is the default place of the axis secret.
func (h Home) SecretFile() string { return filepath.Join(h.Dir, "axis.secret") }

// RootsFile is the default place of the roots an axis with a private authority
// is trusted by.
func (h Home) RootsFile() string { return filepath.Join(h.Dir, "axis-roots.pem") }

// maxSocket is the longest path every system accepts for a socket (104 bytes
// with its end on macOS, 108 on Linux).
const maxSocket = 100

// Socket is where the process that owns the home listens for subcommands. A
// home too deep for a socket has it in the user's private runtime folder.
func (h Home) Socket() string {
	path := filepath.Join(h.Dir, "owner.sock")
	if len(path) <= maxSocket {
		return path
	}
	sum := sha256.Sum256([]byte(h.Dir))
	return filepath.Join(xdg.RuntimeDir, fmt.Sprintf("vanthu-%x.sock", sum[:8]))
}

// TempDir is for files on their way in or out. It lies inside the home so
// that a rename into the store stays on one file system.
func (h Home) TempDir() string { return filepath.Join(h.Dir, "tmp") }

// Cache holds what can be made again (the compiled PDF reader). It is the
// user's, shared by all homes: a practice office that is thrown away must not
// cost the next one its 2.5 seconds.
func (h Home) Cache() string { return filepath.Join(xdg.CacheHome, "vanthu") }

// Path resolves a path of the settings file: relative ones start at the home.
func (h Home) Path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(h.Dir, p)
}

// Make creates the home's folders, readable by their owner only.
func (h Home) Make() error {
	for _, dir := range []string{h.Dir, h.TrustDir(), h.KeysDir(), h.TempDir()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("make home %s: %w", h.Dir, err)
		}
	}
	return nil
}

// Exists reports whether an office has been set up here.
func (h Home) Exists() bool {
	_, err := os.Stat(h.Config())
	return err == nil
}
