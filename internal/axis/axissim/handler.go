package axissim

import (
	"io"
	"net/http"
	"path"
	"strings"
)

// request is a signed request in the hands of an operation.
type request struct {
	*http.Request
	system string
}

// operation answers one kind of request.
type operation func(a *Axis, r request, w http.ResponseWriter)

// operations by their names in lower case.
func operations() map[string]operation {
	return map[string]operation{
		"sendedoc":            (*Axis).sendEdoc,
		"getreceivededoclist": (*Axis).receivedList,
		"getsentedoclist":     (*Axis).sentList,
		"getedoc":             (*Axis).getEdoc,
		"downloadedoc":        (*Axis).downloadEdoc,
		"updatestatus":        (*Axis).updateStatus,
		"countreceiveedoc":    (*Axis).countEdoc,
		"countreceivestatus":  (*Axis).countStatus,
		"getagencieslist":     (*Axis).agencies,
		"getagencieslistqd20": (*Axis).agenciesQD20,
		"getsynchronizeunit":  (*Axis).units,
		"registeragency":      (*Axis).registerAgency,
		"deleteagency":        (*Axis).deleteAgency,
	}
}

// find tells the operation a request asks for: the last element of its path,
// after whatever endpoint path the client has been given.
func (a *Axis) find(known map[string]operation, p string) operation {
	if a.uploads != nil && isUpload(p) {
		return (*Axis).serveUploads
	}
	return known[strings.ToLower(path.Base(p))]
}

// Handler serves the axis.
func (a *Axis) Handler() http.Handler {
	speak := a.speak(a.speech())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.cut()
		r.Body = &mortalBody{a, r.Body}
		w = &mortalWriter{a, w, r.TLS != nil}
		w.Header().Set("Date", a.now(r).UTC().Format(http.TimeFormat))
		if r.Method == http.MethodOptions && a.options.Offers.any() {
			a.tell(w)
			return
		}
		if !a.decoded(w, r) {
			return
		}
		encoding := a.chosen(r)
		if encoding == "" {
			speak.ServeHTTP(w, r)
			return
		}
		c := &compressor{ResponseWriter: w, encoding: encoding}
		speak.ServeHTTP(c, r)
		c.finish()
	})
}

// sdk speaks as the axis itself does.
func (a *Axis) sdk() speech {
	known := operations()
	return speech{
		find:   func(r *http.Request) (operation, bool) { return a.find(known, r.URL.Path), false },
		caller: a.authenticate,
		refuse: sdkRefuse,
	}
}

// sdkRefuse has every member any operation must have: the SDK reads its own.
func sdkRefuse(w http.ResponseWriter, why *refusal) {
	write(w, struct {
		answer
		DocID string   `json:"DocId"`
		Data  []string `json:"data"`
		Count int      `json:"count"`
	}{answer: failure(why.code, why.desc), Data: []string{}})
}

// cut ends the connection at once while the axis is down.
func (a *Axis) cut() {
	if a.down.Load() {
		panic(http.ErrAbortHandler) // closes the connection, unanswered and unlogged
	}
}

// mortalBody and mortalWriter die with the link.
type mortalBody struct {
	a *Axis
	io.ReadCloser
}

// Read does not return while the axis is down, also when that happened while it
// waited.
func (b *mortalBody) Read(p []byte) (int, error) {
	b.a.cut()
	n, err := b.ReadCloser.Read(p)
	b.a.cut()
	return n, err
}

type mortalWriter struct {
	a *Axis
	http.ResponseWriter
	tls bool
}

// Write does not return while the axis is down. Under TLS it writes in small
// pieces, each a record: of a long one that a cut ends in the middle nothing
// arrives.
func (w *mortalWriter) Write(p []byte) (done int, err error) {
	piece := len(p)
	if w.tls {
		piece = 4 << 10
	}
	for first := true; first || done < len(p) && err == nil; first = false {
		w.a.cut()
		var n int
		n, err = w.ResponseWriter.Write(p[done:min(done+piece, len(p))])
		done += n
	}
	return done, err
}

// Unwrap is for http.ResponseController.
func (w *mortalWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// broken answers code 20 and tells the log why.
func (a *Axis) broken(operation string, err error) answer {
	a.options.Log.Error("axis", "operation", operation, "error", err)
	return failure(codeSystem, "Lỗi hệ thống trục")
}

// drain takes the "{}" that some operations are sent with; a client that
// announced it with Expect: 100-continue waits for that.
func drain(r request) { io.Copy(io.Discard, io.LimitReader(r.Body, 64<<10)) }
