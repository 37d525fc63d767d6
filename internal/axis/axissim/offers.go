package axissim

import (
	"net/http"
	"strconv"
)

func (o Offers) any() bool { return o.Range || o.Compression || o.Tus }

// tell answers OPTIONS with what is offered. It needs no signature: a proxy may
// ask as well.
func (a *Axis) tell(w http.ResponseWriter) {
	h, o := w.Header(), a.options.Offers
	if o.Compression {
		h.Set("Accept-Encoding", acceptedEncodings)
	}
	if o.Range {
		h.Set("Accept-Ranges", "bytes")
	}
	if o.Tus {
		h.Set("Tus-Version", tusVersion)
		h.Set("Tus-Resumable", tusVersion)
		h.Set("Tus-Extension", tusExtensions)
		h.Set("Tus-Max-Size", strconv.FormatInt(a.options.MaxPacket, 10))
	}
	h.Set("Allow", "OPTIONS, GET, HEAD, POST, PUT, PATCH, DELETE")
	w.WriteHeader(http.StatusNoContent)
}
