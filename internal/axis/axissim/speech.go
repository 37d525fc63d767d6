package axissim

import (
	"io"
	"net/http"
	"path"
)

// speech is what differs between the modes. Whatever is said, the operations
// work on the same state.
type speech struct {
	// find tells the operation asked for, nil for none; open ones need no caller.
	find func(r *http.Request) (do operation, open bool)
	// caller tells who asks; reason says why nobody is known.
	caller func(r *http.Request) (system, reason string)
	// refuse answers a request that meets no operation. The body has been read.
	refuse func(w http.ResponseWriter, why *refusal)
}

func (a *Axis) speech() speech {
	switch a.options.Mode {
	case ModeREST:
		return speech{a.findREST, a.restCaller, restRefuse}
	case ModeOAuth2:
		return speech{a.findOAuth, a.bearer, oauthRefuse}
	}
	return a.sdk()
}

// speak serves requests in a mode.
func (a *Axis) speak(s speech) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		do, open := s.find(r)
		system, reason := "", ""
		if !open {
			system, reason = s.caller(r)
		}
		a.options.Log.Info("axis", "operation", path.Base(r.URL.Path), "system", system, "refused", reason)
		switch {
		case do == nil:
			a.drainAll(r)
			s.refuse(w, &refusal{codeOther, "Không có dịch vụ này", http.StatusNotFound})
		case reason != "":
			a.drainAll(r)
			s.refuse(w, &refusal{codeWrongSecret, "Sai SystemId hoặc SecretKey", http.StatusUnauthorized})
		default:
			do(a, request{r, system}, w)
		}
	})
}

// drainAll reads a body that nobody wants, so that the client hears the answer
// instead of a broken pipe.
func (a *Axis) drainAll(r *http.Request) {
	io.Copy(io.Discard, io.LimitReader(r.Body, 2*a.options.MaxPacket))
}
