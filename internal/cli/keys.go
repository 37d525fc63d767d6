package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/outbox"
	"vanthu/signer"
	"vanthu/store"
)

// keyring finds and opens the office's signing keys and fits them to what the
// outgoing desk asks of a key.
type keyring struct {
	home   office.Home
	office office.Office
	store  *store.Store
	tokens signer.Tokens
	stamps *stamper    // nil without a time-stamp service
	online func() bool // whether it is worth asking at once

	// inUse is held by the one open key. A token that is logged in for one act asks
	// no PIN of another: while several documents are being signed on the screen, no
	// verb from elsewhere may sign along.
	inUse sync.Mutex
}

// errKeyInUse: a key is open for another act.
var errKeyInUse = errors.New("key in use")

// Close ends the processes of the drivers.
func (r *keyring) Close() { r.tokens.Close() }

// open opens a key: "token:SERIAL/ID", or "file:PATH" in practice. The caller
// wipes the PIN. lastTry is the holder's word that the token's last attempt
// may be spent.
func (r *keyring) open(ctx context.Context, ref string, pin signer.PIN, lastTry bool) (*openKey, error) {
	if !r.inUse.TryLock() {
		return nil, document.Refuse(errKeyInUse, "Khóa ký đang được dùng cho một việc khác.", "Đợi việc ấy ký xong rồi làm lại.")
	}
	k, err := r.unlocked(ctx, ref, pin, lastTry)
	if err != nil {
		r.inUse.Unlock()
		return nil, err
	}
	return &openKey{Key: k, ring: r}, nil
}

// unlocked opens a key for the one who holds inUse.
func (r *keyring) unlocked(ctx context.Context, ref string, pin signer.PIN, lastTry bool) (signer.Key, error) {
	path, soft := strings.CutPrefix(ref, "file:")
	switch {
	case ref == "":
		return nil, document.Refuse(signer.ErrNoKey, "Chưa chọn khóa ký.", "Ghi khóa vào vanthu.toml hoặc thêm --key; xem `vanthu token list`.")
	case soft && !r.office.AllowSoftKeys:
		return nil, document.Refuse(outbox.ErrSoftKey, "Khóa nằm trong tệp chỉ dùng để tập.", "Cắm thiết bị ký và chọn khóa của thiết bị.")
	case soft:
		return signer.OpenSoft(r.home.Path(path), pin)
	case lastTry:
		ctx = signer.ConfirmFinalTry(ctx)
	}
	return r.tokens.Open(ctx, r.modules(), ref, pin, guard{r.store})
}

// modules are the drivers to ask: those of the settings, else those found.
func (r *keyring) modules() []string {
	if len(r.office.Modules) > 0 {
		return r.office.Modules
	}
	return signer.FindModules()
}

// list is every key that can be chosen: the soft keys of the settings and the
// tokens that are plugged in.
func (r *keyring) list(ctx context.Context) ([]signer.KeyInfo, error) {
	keys := r.soft()
	if len(keys) > 0 && len(r.office.Modules) == 0 {
		return keys, nil // a practice office without drivers
	}
	tokens, err := r.tokens.List(ctx, r.modules())
	if errors.Is(err, signer.ErrNoToken) {
		err = nil
	}
	for _, k := range tokens {
		keys = append(keys, r.counted(k))
	}
	return keys, err
}

// padded tells that the PIN of a key is typed on its reader.
func (r *keyring) padded(ctx context.Context, ref string) bool {
	if strings.HasPrefix(ref, "file:") {
		return false
	}
	keys, err := r.tokens.List(ctx, r.modules())
	return err == nil && slices.ContainsFunc(keys, func(k signer.KeyInfo) bool {
		return k.Pad && (k.Ref == ref || strings.HasPrefix(k.Ref, ref+"/"))
	})
}

// counted corrects what a token says about its tries by our own count: not
// every driver sets the flags.
func (r *keyring) counted(k signer.KeyInfo) signer.KeyInfo {
	serial, _, _ := strings.Cut(strings.TrimPrefix(k.Ref, "token:"), "/")
	n, err := guard{r.store}.Wrong(serial)
	switch {
	case err != nil || k.Tries != signer.TriesOK && k.Tries != signer.TriesLow || n == 0:
	case n >= signer.MaxTries-1:
		k.Tries = signer.TriesFinal
	default:
		k.Tries = signer.TriesLow
	}
	return k
}

// soft are the keys in files that the settings name. Who holds them is taken
// from there too: the certificate cannot be read without the PIN.
func (r *keyring) soft() []signer.KeyInfo {
	var keys []signer.KeyInfo
	seen := map[string]bool{}
	add := func(ref, holder string) {
		path, soft := strings.CutPrefix(ref, "file:")
		if !soft || seen[ref] || !r.office.AllowSoftKeys {
			return
		}
		seen[ref] = true
		keys = append(keys, signer.KeyInfo{Ref: ref, Label: filepath.Base(path), Holder: holder,
			Organization: r.office.Agency.Name, Soft: true, Tries: signer.TriesOK})
	}
	for _, l := range r.office.Leaders {
		add(l.Key, l.Name)
	}
	add(r.office.Seal.Key, r.office.Agency.Name)
	return keys
}

// openKey is an opened key as the outgoing desk uses it.
type openKey struct {
	signer.Key
	ring   *keyring
	closed sync.Once
}

// Close logs out and lets another act use a key.
func (k *openKey) Close() error {
	err := k.Key.Close()
	k.closed.Do(k.ring.inUse.Unlock)
	return err
}

var _ outbox.Key = (*openKey)(nil)

// Approve carries the leader's signature with the picture of the handwriting.
func (k *openKey) Approve(ctx context.Context, pdf []byte, a outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	image, err := k.ring.leaderImage(a.Signer.Name)
	if err != nil {
		return nil, outbox.SignatureNote{}, err
	}
	out, err := signer.Approve(ctx, pdf, k.Key, signer.Approval{Layout: a.Layout, Image: image, Signer: a.Signer, Time: a.Time})
	return k.stamped(ctx, out, a.Time, err)
}

// Seal carries the agency's signature with the picture of the seal.
func (k *openKey) Seal(ctx context.Context, pdf []byte, s outbox.Sealing) ([]byte, outbox.SignatureNote, error) {
	image, err := k.ring.image(k.ring.office.Seal.Image)
	if err != nil {
		return nil, outbox.SignatureNote{}, err
	}
	out, err := signer.Seal(ctx, pdf, k.Key, signer.Sealing{Layout: s.Layout, Reference: s.Reference, Date: s.Date,
		Place: s.Place, Image: image, Time: s.Time, Agency: k.ring.office.Agency.Name})
	return k.stamped(ctx, out, s.Time, err)
}

// stamped gives a fresh signature its time stamp, if one is to be had at once, and
// says whose key signed.
func (k *openKey) stamped(ctx context.Context, signed []byte, at time.Time, err error) ([]byte, outbox.SignatureNote, error) {
	note := k.note(at)
	if err != nil {
		return nil, note, err
	}
	signed, note.Stamped = k.ring.stamps.atOnce(ctx, signed, k.ring.online != nil && k.ring.online())
	return signed, note, nil
}

// note says whose key signed.
func (k *openKey) note(at time.Time) outbox.SignatureNote {
	info := k.Info()
	return outbox.SignatureNote{Holder: info.Holder, Serial: info.Serial, Soft: info.Soft, At: at}
}

func (r *keyring) leaderImage(name string) ([]byte, error) {
	for _, l := range r.office.Leaders {
		if l.Name == name {
			return r.image(l.Image)
		}
	}
	return nil, nil
}

// image reads a picture of the settings; none is no error, text is drawn then.
func (r *keyring) image(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(r.home.Path(path))
	if err != nil {
		return nil, document.Refuse(office.ErrConfig, "Không đọc được ảnh "+path+".", "Sửa đường dẫn ảnh trong vanthu.toml.")
	}
	return data, nil
}

// guard keeps our own count of wrong PINs in the store, so that closing the
// program does not forget an attempt.
type guard struct{ store *store.Store }

var _ signer.Guard = guard{}

func pinCount(serial string) string { return "pin/" + serial }

// Wrong is the number of wrong PINs in a row.
func (g guard) Wrong(serial string) (int, error) {
	n := 0
	err := g.store.View(func(tx *store.Tx) error {
		err := tx.Value(pinCount(serial), &n)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("wrong PINs of %s: %w", serial, err)
	}
	return n, nil
}

// Note counts one attempt.
func (g guard) Note(serial string, wrong bool) error {
	n, err := g.Wrong(serial)
	if err != nil || (n == 0 && !wrong) {
		return err
	}
	if n++; !wrong {
		n = 0
	}
	return g.store.Maintain(func(tx *store.Tx) error { return tx.SetValue(pinCount(serial), n) })
}

// keyAdvices are the words for the classes of package signer.
func keyAdvices() []advice {
	return []advice{
		{signer.ErrFinalTry, "Thiết bị chỉ còn một lần thử PIN; chưa thử.", "Hỏi lại chủ thiết bị cho chắc PIN, rồi thêm --last-try; sai lần này thiết bị sẽ khóa.", false},
		{signer.ErrLocked, "Thiết bị đã khóa vì sai PIN nhiều lần.", "Liên hệ đầu mối chứng thư số của tỉnh để mở khóa.", false},
		{signer.ErrPIN, "Sai mã PIN.", "Hỏi lại chủ thiết bị rồi nhập lại; không thử mò.", false},
		{signer.ErrNoToken, "Không thấy thiết bị ký hoặc tệp khóa.", "Cắm thiết bị rồi xem `vanthu token list`.", true},
		{signer.ErrNoKey, "Thiết bị không có khóa dùng được với chứng thư này.", "Chọn khóa khác bằng `vanthu token list`.", true},
		{signer.ErrHung, "Trình điều khiển thiết bị ký không trả lời.", "Rút thiết bị ra, cắm lại rồi làm lại; nếu vẫn vậy, xem `vanthu token list`.", false},
		{outbox.ErrSoftKey, "Khóa nằm trong tệp chỉ dùng để tập.", "Cắm thiết bị ký và chọn khóa của thiết bị.", false},
	}
}
