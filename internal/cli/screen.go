package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/term"

	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/practice"
	"vanthu/internal/viet"
	"vanthu/signer"
	"vanthu/store"
	"vanthu/ui"
)

// screenVerb opens the terminal interface.
type screenVerb struct{}

// Run opens the office and its screen. While it is open other programs on the
// same home reach the office through this process.
func (v *screenVerb) Run(c *call) error {
	if c.place != nil { // asked for by another program
		return alreadyOpen()
	}
	if err := needTerminal(c); err != nil {
		return err
	}
	w, err := openScreenPlace(c)
	if err != nil {
		return err
	}
	return errors.Join(w.work(c, nil), w.Close())
}

// errNoTerminal: the screen was asked for where there is none.
var errNoTerminal = errors.New("not a terminal")

// needTerminal refuses to draw a screen into a file or a pipe.
func needTerminal(c *call) error {
	for _, stream := range []any{c.in, c.out} {
		if f, ok := stream.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
			return document.Refuse(errNoTerminal, "Màn hình làm việc cần một cửa sổ dòng lệnh (terminal).",
				"Mở vanthu trong cửa sổ dòng lệnh, hoặc dùng các lệnh; xem `vanthu --help`.")
		}
	}
	return nil
}

// openScreenPlace opens the office, or says that a screen has it already.
func openScreenPlace(c *call) (*workplace, error) {
	if conn, err := dialOwner(c.home); err == nil {
		conn.Close()
		return nil, alreadyOpen()
	}
	w, err := c.open()
	if errors.Is(err, errOwned) {
		err = alreadyOpen()
	}
	return w, err
}

// alreadyOpen refuses a second screen on the same home.
func alreadyOpen() error {
	return document.Refuse(store.ErrLocked, "Cơ quan này đang mở ở một màn hình vanthu khác.",
		"Làm việc ở màn hình đó, hoặc bấm q để đóng nó rồi mở lại; các lệnh như `vanthu list` vẫn dùng được.")
}

// work runs courier, socket and screen until the screen is left.
func (w *workplace) work(c *call, g gate) error {
	ctx, stop := context.WithCancel(c.ctx)
	defer stop()
	o, err := w.listen(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	var beside sync.WaitGroup
	ready := make(chan struct{})
	beside.Go(func() {
		select {
		case <-ready: // nothing competes with the first screen
			beside.Go(func() {
				w.press.warm(ctx)
				w.tidy.keep(ctx)
			})
			w.courier.Run(ctx) // ends with ctx; what went wrong is in its state
		case <-ctx.Done():
		}
	})
	options := w.screenOptions(g)
	options.Ready = sync.OnceFunc(func() { close(ready) })
	err = ui.Run(ctx, options, c.in, c.out)
	stop()
	beside.Wait()
	return err
}

// screenOptions fits the office to what the screen asks for.
func (w *workplace) screenOptions(g gate) ui.Options {
	o := ui.Options{Inbox: w.inbox, Outbox: w.outbox, Office: w.office.Agency.Name, Units: w.office.Units, SealKey: w.office.Seal.Key,
		Link: link{w, g}, Keys: screenKeys{w.keys}, Agencies: bodies{w.agencies}, Files: disk{start: w.startDir(), save: w.saveDir()},
		Explain: advise, Reason: signer.ReasonText, Pages: w.press.countPages, Picture: w.press.picture, Clock: w.inbox.Clock, Practice: w.office.Practice, Typing: typing(w.office.Typing)}
	if g != nil {
		o.Hint = "Khóa tập: mã PIN " + practice.PIN
	}
	for _, l := range w.office.Leaders {
		o.Leaders = append(o.Leaders, ui.Leader{Signer: l.Signer, Key: l.Key})
	}
	return o
}

// typing is the way of typing that the settings name.
func typing(name string) viet.Method {
	switch name {
	case "telex":
		return viet.Telex
	case "vni":
		return viet.VNI
	}
	return viet.Off
}

// screenKeys is the keyring as the screen asks for keys.
type screenKeys struct{ ring *keyring }

// List is every key that can be chosen.
func (k screenKeys) List(ctx context.Context) ([]ui.KeyInfo, error) {
	keys, err := k.ring.list(ctx)
	var list []ui.KeyInfo
	for _, one := range keys {
		list = append(list, ui.KeyInfo{Ref: one.Ref, Label: one.Label, Holder: one.Holder, Organization: one.Organization,
			Serial: one.Serial, Soft: one.Soft, NotAfter: one.NotAfter, Tries: triesWords(one.Tries), Locked: one.Tries == signer.TriesLocked,
			Final: one.Tries == signer.TriesFinal, Pad: one.Pad})
	}
	return list, err
}

func triesWords(t signer.Tries) string {
	switch t {
	case signer.TriesLow:
		return "đã sai PIN, còn ít lần thử"
	case signer.TriesFinal:
		return "chỉ còn một lần thử PIN"
	case signer.TriesLocked:
		return "đã khóa"
	}
	return ""
}

// Open opens a key with the PIN typed on the screen; the last try of a token
// is not spent.
func (k screenKeys) Open(ctx context.Context, ref string, pin []byte) (ui.Key, error) {
	return k.open(ctx, ref, pin, false)
}

// OpenLast is Open that may spend the last try: the clerk was told.
func (k screenKeys) OpenLast(ctx context.Context, ref string, pin []byte) (ui.Key, error) {
	return k.open(ctx, ref, pin, true)
}

var (
	_ ui.Keys    = screenKeys{}
	_ ui.LastTry = screenKeys{}
)

func (k screenKeys) open(ctx context.Context, ref string, pin []byte, lastTry bool) (ui.Key, error) {
	opened, err := k.ring.open(ctx, ref, signer.PIN(pin), lastTry)
	var wrong *signer.PINError
	switch {
	case errors.As(err, &wrong):
		return nil, &ui.PINError{Left: wrong.Left, Locked: wrong.Tries == signer.TriesLocked}
	case errors.Is(err, signer.ErrFinalTry):
		return nil, &ui.PINError{Left: 1, Final: true}
	case err != nil:
		return nil, err
	}
	return opened, nil
}

// bodies is the directory as the screen searches it.
type bodies struct{ directory *exchange.Directory }

// Find is everybody the axis knows or knew.
func (b bodies) Find(ctx context.Context, query string, limit int) ([]ui.Body, error) {
	entries, err := b.directory.Find(ctx, query, limit)
	var found []ui.Body
	for _, e := range entries {
		found = append(found, ui.Body{Agency: e.Agency, Note: e.Note(), Heirs: e.Heirs})
	}
	return found, err
}

// Note is what became of a body.
func (b bodies) Note(code document.Code) (string, error) { return b.directory.Note(code) }

// disk is the file system as the screen reaches it.
type disk struct{ start, save string }

// SaveDir is the folder first offered for saving.
func (d disk) SaveDir() string { return d.save }

// Open reads a file.
func (d disk) Open(path string) (io.ReadCloser, string, int64, error) {
	f, err := openRegular(d.path(path))
	if err != nil {
		return nil, "", 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, "", 0, err
	}
	return f, info.Name(), info.Size(), nil
}

// path is absolute; ~ is the user's folder, relative paths start where the clerk's files are.
func (d disk) path(p string) string {
	if home, err := os.UserHomeDir(); err == nil && (p == "~" || strings.HasPrefix(p, "~/")) {
		return filepath.Join(home, strings.TrimPrefix(p, "~"))
	}
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(d.start, p)
}

// Complete lists what a path being typed may become.
func (d disk) Complete(typed string, limit int) ([]string, error) {
	dir, begin := filepath.Split(typed)
	entries, err := os.ReadDir(d.path(dir))
	if err != nil {
		return nil, err
	}
	var list []string
	for _, e := range entries {
		hidden := strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(begin, ".")
		if hidden || !strings.HasPrefix(viet.Fold(e.Name()), viet.Fold(begin)) {
			continue
		}
		name := dir + e.Name()
		if e.IsDir() {
			name += string(filepath.Separator)
		}
		if list = append(list, name); len(list) == limit {
			break
		}
	}
	return list, nil
}

// startDir is where the clerk's files are looked for first: the sample drafts
// of the demo, else the user's own folder.
func (w *workplace) startDir() string {
	drafts := practice.DraftsDir(w.home)
	if _, err := os.Stat(drafts); err == nil && w.office.Practice {
		return drafts
	}
	if dir, err := os.UserHomeDir(); err == nil {
		return dir
	}
	return w.home.Dir
}

// saveDir is the folder first offered for saving: in the demo one of its own,
// lest what came in stands among the drafts to be sent.
func (w *workplace) saveDir() string {
	if dir := practice.SavedDir(w.home); w.startDir() == practice.DraftsDir(w.home) && os.MkdirAll(dir, 0o700) == nil {
		return dir
	}
	return w.startDir()
}
