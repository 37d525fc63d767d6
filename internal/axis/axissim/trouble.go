package axissim

import (
	"context"
	"net/http"
	"time"
)

// trouble is what a fault lets the axis itself do wrong with one request; it
// travels in the request's context, for only there fault and axis meet.
type trouble struct {
	refused []string      // agencies that the axis does not serve
	shift   time.Duration // of its clock
}

type troubleKey struct{}

func troubleOf(r *http.Request) trouble {
	t, _ := r.Context().Value(troubleKey{}).(trouble)
	return t
}

// troubled passes requests on with more trouble than they had.
func troubled(change func(*trouble)) Fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			t := troubleOf(r)
			change(&t)
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), troubleKey{}, t)))
		})
	}
}

// RefuseRecipient answers 18 to every packet that goes to an agency: one that
// the directory still shows and the axis no longer serves. A packet narrowed to
// others passes.
func RefuseRecipient(agency string) Fault {
	return troubled(func(t *trouble) { t.refused = append(t.refused[:len(t.refused):len(t.refused)], agency) })
}

// Clock lets the clock of the axis be wrong by d. The Date header says so;
// timestamps further from it than Options.MaxAge or, without one, 15 minutes are
// refused, and so are tokens that have ended by it or have yet to be made.
func Clock(d time.Duration) Fault { return troubled(func(t *trouble) { t.shift += d }) }

// now is the moment by the axis's clock, as this request finds it.
func (a *Axis) now(r *http.Request) time.Time { return a.options.Clock().Add(troubleOf(r).shift) }

// tolerance is how far a timestamp may be from the axis's clock; 0 is for ever.
func (a *Axis) tolerance(r *http.Request) time.Duration {
	if a.options.MaxAge == 0 && troubleOf(r).shift != 0 {
		return 15 * time.Minute
	}
	return a.options.MaxAge
}
