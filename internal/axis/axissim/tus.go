package axissim

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	"golang.org/x/exp/slog"
)

// What OPTIONS says of resumable uploads.
const (
	tusVersion    = "1.0.0"
	tusExtensions = "creation,creation-with-upload,termination,expiration"
)

// uploadLife is how long an upload may lie about.
const uploadLife = 24 * time.Hour

// uploads are the packets that come in pieces. They lie in files until they are
// a day old, also after sendEdoc has made a packet of one: when some recipient
// is refused, its sender sends the rest from the same upload. An upload belongs
// to the system that began it; for others it does not exist.
type uploads struct {
	tus   http.Handler
	store filestore.FileStore
	clock func() time.Time
	turns turns
}

// newUploads serves the uploads in dir, which is made when missing.
func newUploads(dir string, max int64, clock func() time.Time) (*uploads, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	u := &uploads{store: filestore.New(dir), clock: clock, turns: turns{now: map[string]*turn{}}}
	parts := handler.NewStoreComposer()
	parts.UseCore(u.store)
	parts.UseTerminater(u.store)
	h, err := handler.NewHandler(handler.Config{
		StoreComposer: parts, BasePath: "/", MaxSize: max, DisableDownload: true,
		Cors:   &handler.CorsConfig{Disable: true},
		Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1})),
		// What is read is written at once; nothing is left to wait for.
		GracefulRequestCompletionTimeout: time.Millisecond,
		NetworkTimeout:                   30 * time.Second,
	})
	if err != nil {
		return nil, err
	}
	u.tus = h
	return u, errors.Join(u.sweepBroken(), u.sweep())
}

// isUpload tells the paths of uploads: …/uploads/ and …/uploads/<id>.
func isUpload(p string) bool {
	return strings.HasSuffix(p, "/uploads/") || strings.HasSuffix(p, "/uploads") || path.Base(path.Dir(p)) == "uploads"
}

// uploadID is what stands after …/uploads/; "" is none. Whatever is no id of
// ours becomes one that nobody has, for ids become names of files.
func uploadID(p string) string {
	id := path.Base(p)
	switch {
	case strings.HasSuffix(p, "/") || id == "uploads":
		return ""
	case len(id) > 64 || strings.Trim(id, "0123456789abcdef") != "":
		return "0"
	}
	return id
}

// serveUploads serves a request of the upload protocol.
func (a *Axis) serveUploads(r request, w http.ResponseWriter) {
	id := uploadID(r.URL.Path)
	if id == "" {
		if err := a.uploads.sweep(); err != nil {
			a.options.Log.Error("axis", "operation", "uploads", "error", err)
		}
		a.uploads.serve(r, w, "", a.options.Clock())
		return
	}
	_, info, err := a.uploads.find(r.Context(), r.system, id)
	if err != nil {
		w.Header().Set("Tus-Resumable", tusVersion)
		http.Error(w, "upload not found", http.StatusNotFound)
		return
	}
	mine, give, err := a.uploads.turns.take(r.Context(), id, w)
	if err != nil {
		http.Error(w, err.Error(), http.StatusLocked)
		return
	}
	defer give()
	r.Body = &turnBody{r.Body, mine}
	a.uploads.serve(r, w, id, a.uploads.born(info))
}

// serve hands a request to tusd, with the path and the owner it is to see.
func (u *uploads) serve(r request, w http.ResponseWriter, id string, born time.Time) {
	w.Header().Set("Upload-Expires", born.Add(uploadLife).UTC().Format(http.TimeFormat))
	inner := r.Clone(r.Context())
	inner.URL.Path = "/" + id
	inner.Header.Set("Upload-Metadata", u.owner(r.system))
	u.tus.ServeHTTP(&located{w, strings.TrimSuffix(r.URL.Path, "/")}, inner)
}

// owner is the metadata of a new upload. The client's own is of no use here.
func (u *uploads) owner(system string) string {
	text := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	return "system " + text(system) + ",created " + text(strconv.FormatInt(u.clock().Unix(), 10))
}

// located gives uploads the address the client knows them under, for tusd knows
// nothing of the endpoint's path.
type located struct {
	http.ResponseWriter
	base string
}

// WriteHeader renews Location.
func (l *located) WriteHeader(status int) {
	if made := l.Header().Get("Location"); made != "" {
		l.Header().Set("Location", l.base+"/"+path.Base(made))
	}
	l.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (l *located) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// errNoUpload: unknown, too old, or of another system.
var errNoUpload = errors.New("no such upload")

// find opens an upload of a system.
func (u *uploads) find(ctx context.Context, system, id string) (handler.Upload, handler.FileInfo, error) {
	if uploadID("uploads/"+id) != id || id == "" {
		return nil, handler.FileInfo{}, errNoUpload
	}
	up, err := u.store.GetUpload(ctx, id)
	if err != nil {
		return nil, handler.FileInfo{}, errors.Join(errNoUpload, err)
	}
	info, err := up.GetInfo(ctx)
	if err != nil || info.MetaData["system"] != system || u.old(info) {
		return nil, info, errors.Join(errNoUpload, err)
	}
	return up, info, nil
}

// born is when an upload was begun; one that does not know is very old.
func (u *uploads) born(info handler.FileInfo) time.Time {
	created, err := strconv.ParseInt(info.MetaData["created"], 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(created, 0)
}

func (u *uploads) old(info handler.FileInfo) bool {
	return !u.clock().Before(u.born(info).Add(uploadLife))
}

// drop removes an upload that will never become a packet.
func (u *uploads) drop(ctx context.Context, id string) error {
	up, err := u.store.GetUpload(ctx, id)
	if errors.Is(err, handler.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return u.store.AsTerminatableUpload(up).Terminate(ctx)
}

// sweep removes uploads that are too old.
func (u *uploads) sweep() error {
	return u.remove(func(info handler.FileInfo, err error) bool { return err == nil && u.old(info) })
}

// sweepBroken removes what a crash left of uploads that nobody was told about.
// Only before the first request: a new upload looks the same for a moment.
func (u *uploads) sweepBroken() error {
	return u.remove(func(_ handler.FileInfo, err error) bool { return err != nil })
}

func (u *uploads) remove(doomed func(info handler.FileInfo, err error) bool) error {
	files, err := os.ReadDir(u.store.Path)
	if err != nil {
		return err
	}
	for _, f := range files {
		id := strings.TrimSuffix(f.Name(), ".info")
		info, err := u.info(id)
		if !doomed(info, err) {
			continue
		}
		for _, name := range []string{id, id + ".info"} {
			if err := os.Remove(filepath.Join(u.store.Path, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

func (u *uploads) info(id string) (handler.FileInfo, error) {
	up, err := u.store.GetUpload(context.Background(), id)
	if err != nil {
		return handler.FileInfo{}, err
	}
	return up.GetInfo(context.Background())
}
