package axissim

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
)

// Board stands before a handler and applies its rules. It is safe for
// concurrent use.
type Board struct {
	next http.Handler
	mu   sync.Mutex
	live []*Rule
}

// NewBoard is a board over next with these rules.
func NewBoard(next http.Handler, rules ...Rule) *Board {
	b := &Board{next: next}
	b.Set(rules...)
	return b
}

// Set replaces all rules.
func (b *Board) Set(rules ...Rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.live = nil
	for _, r := range rules {
		b.live = append(b.live, &r)
	}
}

// Rules are those that still have requests to spoil.
func (b *Board) Rules() (all []Rule) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.live {
		if r.Times != 0 {
			all = append(all, *r)
		}
	}
	return all
}

// ServeHTTP lets the request meet every rule for it, the first outermost.
func (b *Board) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := b.next
	met := b.meet(operationNames(r))
	for i := len(met) - 1; i >= 0; i-- {
		h = met[i](h)
	}
	h.ServeHTTP(w, r)
}

// meet takes the faults that a request for this operation is due.
func (b *Board) meet(operations []string) (due []Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.live {
		wanted := r.Operation == "" || slices.ContainsFunc(operations, func(o string) bool { return strings.EqualFold(r.Operation, o) })
		if r.Times == 0 || !wanted {
			continue
		}
		if r.Times > 0 {
			r.Times--
		}
		due = append(due, r.fault)
	}
	return due
}

// operationNames are those a rule may call a request by: the last element of
// its path, and in the hub modes the SDK's name of the operation, so that one
// rule does for all modes. Uploads are "uploads"; the question what is offered is
// "OPTIONS", so that it does not use up what is meant for the operation.
func operationNames(r *http.Request) []string {
	name := path.Base(r.URL.Path)
	switch {
	case r.Method == http.MethodOptions:
		return []string{"OPTIONS"}
	case isUpload(r.URL.Path):
		return []string{"uploads"}
	case strings.HasSuffix(r.URL.Path, oauthBase+"/vanbans"):
		return []string{name, map[bool]string{true: "sendEdoc", false: "getReceivedEdocList"}[r.Method == http.MethodPost]}
	case strings.HasSuffix(path.Dir(r.URL.Path), oauthBase+"/vanbans"):
		return []string{"vanbans", map[bool]string{true: "updateStatus", false: "getEdoc"}[r.Method == http.MethodPut]}
	case name == "donvilienthongs":
		return []string{name, "getAgenciesList"}
	case name == "syncReceivedEdocList":
		return []string{name, "getReceivedEdocList"}
	}
	return []string{name}
}

// maxRules bounds the body of an admin call.
const maxRules = 64 << 10

// Admin is the admin call: GET tells the rules, one a line, PUT replaces them,
// DELETE ends them all. Only this machine may call, and no web page.
func (b *Board) Admin(wait Wait) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.RemoteAddr) || r.Header.Get("Origin") != "" {
			http.Error(w, "only from this machine", http.StatusForbidden)
			return
		}
		switch r.Method {
		case http.MethodPut:
			text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRules))
			if err != nil {
				http.Error(w, "too long", http.StatusRequestEntityTooLarge)
				return
			}
			rules, err := ParseFaults(strings.Split(string(text), "\n"), wait)
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			b.Set(rules...)
		case http.MethodDelete:
			b.Set()
		case http.MethodGet:
		default:
			http.Error(w, "GET, PUT or DELETE", http.StatusMethodNotAllowed)
			return
		}
		for _, rule := range b.Rules() {
			fmt.Fprintln(w, rule)
		}
	})
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && net.ParseIP(host).IsLoopback()
}
