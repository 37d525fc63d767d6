package axissim

import (
	"errors"
	"net/http"
)

func (a *Axis) sendEdoc(r request, w http.ResponseWriter) {
	id, err := a.take(r.Context(), r.Body, letter{
		system: r.system, kind: param(r.Request, "messagetype"),
		from: param(r.Request, "from"), to: param(r.Request, "to"),
		hash: param(r.Request, "hash-file"), hashed: true,
		upload: param(r.Request, "upload"), encoding: param(r.Request, "encoding"),
		refused: troubleOf(r.Request).refused,
	})
	if err != nil {
		writeStatus(w, statusOf(err), sendAnswer{answer: a.explain("sendEdoc", err)})
		return
	}
	write(w, sendAnswer{ok(), id})
}

// statusOf is the HTTP status of an answer that says err: 200 whatever happened,
// for the SDK ignores it, but for uploads, which the SDK does not know.
func statusOf(err error) int {
	var no *refusal
	if errors.As(err, &no) && no.http != 0 {
		return no.http
	}
	return http.StatusOK
}

// kind is the messagetype asked for.
func kind(r request) string { return kindOf(param(r.Request, "messagetype")) }
