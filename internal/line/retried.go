package line

import "net/http"

// Retried repeats a request whose connection ended without an answer, once and
// at once: most often the server had closed an idle connection. It is for
// requests that only read; the same signed bytes go out a second time, as the
// SDK's own HTTP library does. Requests with a body that cannot be given again
// are not repeated.
func Retried(next http.RoundTripper) http.RoundTripper { return retried{next} }

type retried struct{ next http.RoundTripper }

// RoundTrip sends the request, at most twice.
func (r retried) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err == nil || req.Context().Err() != nil {
		return resp, err
	}
	again := req.Clone(req.Context())
	if req.Body != nil && req.Body != http.NoBody {
		if req.GetBody == nil {
			return nil, err
		}
		body, failed := req.GetBody()
		if failed != nil {
			return nil, err
		}
		again.Body = body
	}
	return r.next.RoundTrip(again)
}
