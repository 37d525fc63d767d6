package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/courier"
)

// streamed is an axis whose list of waiting copies is what a function says.
type streamed struct {
	*fake
	list func(take func(axis.Received) error) error
}

// EachReceived lists documents only.
func (s *streamed) EachReceived(_ context.Context, t axis.MessageType, take func(axis.Received) error) error {
	if t == axis.StatusMessage {
		return nil
	}
	return s.list(take)
}

func streaming(t *testing.T, list func(take func(axis.Received) error) error) *office {
	o, f := fakeOffice(t)
	o.Axis = &streamed{fake: f, list: list}
	return o
}

// fetches counts the jobs that fetch.
func (o *office) fetches() (n int) {
	for _, j := range o.jobs() {
		if j.Kind == "fetch" {
			n++
		}
	}
	return n
}

// After months twenty thousand copies wait, those of sister agencies among them,
// in no order, some twice, some rows empty.
func TestLongList(t *testing.T) {
	ours := 20_000
	if testing.Short() {
		ours = 1_700
	}
	var rows []axis.Received
	for i := range ours {
		r := axis.Received{DocID: fmt.Sprintf("copy-%d", i), From: province().Code, To: commune().Code, Type: axis.Edoc}
		rows = append(rows, r)
		if i%10 == 0 {
			rows = append(rows, r, axis.Received{}, axis.Received{DocID: "their-" + r.DocID, To: neighbour().Code})
		}
	}
	rand.New(rand.NewPCG(7, 7)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	o := streaming(t, func(take func(axis.Received) error) error {
		for _, r := range rows {
			if err := take(r); err != nil {
				return err
			}
		}
		return nil
	})
	for range 2 {
		if err := o.Poll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := o.fetches(); n != ours {
			t.Errorf("%d jobs, want %d", n, ours)
		}
	}
}

// A list that never ends is left when it is enough; what it named is fetched.
func TestEndlessList(t *testing.T) {
	given := 0
	o := streaming(t, func(take func(axis.Received) error) error {
		for ; ; given++ {
			if err := take(axis.Received{DocID: fmt.Sprint(given % 10)}); err != nil {
				return err
			}
		}
	})
	if err := o.Poll(t.Context()); err != nil || o.fetches() != 10 || given != 50_000 {
		t.Errorf("%v, %d jobs of %d rows", err, o.fetches(), given)
	}
}

// The same over the wire: the answer has no end, the connection has.
func TestEndlessAnswer(t *testing.T) {
	if testing.Short() {
		t.Skip("moves megabytes")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[null`)
		for r.Context().Err() == nil {
			if _, err := fmt.Fprint(w, strings.Repeat(`,{"docId":"1","to":null,"from":"H40"}`, 1000)); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	o := newWorld(t).office(commune(), "dinhmy", "một")
	client, err := axis.New(axis.Config{URL: server.URL, System: "dinhmy", Secret: []byte("một"), PlainAllowed: true})
	if err != nil {
		t.Fatal(err)
	}
	o.Axis = client
	if err := o.Poll(t.Context()); err != nil || o.fetches() != 1 {
		t.Errorf("%v, jobs %v", err, o.jobs())
	}
}

// A list that the line never carries to its end still names work: that goes
// first, and only a list that names nothing new is a failed poll.
func TestListThatBreaksOff(t *testing.T) {
	var end error
	o := streaming(t, func(take func(axis.Received) error) error {
		for i := range 3 {
			if err := take(axis.Received{DocID: fmt.Sprint(i)}); err != nil {
				return err
			}
		}
		return end
	})
	for _, malformed := range []error{axis.ErrMalformed, &axis.Rejected{Code: "15"}, axis.ErrTooLarge} {
		end = malformed
		if err := o.Poll(t.Context()); !errors.Is(err, malformed) || o.fetches() != 0 {
			t.Errorf("%v, jobs %v", err, o.jobs())
		}
	}
	end = axis.ErrUnanswered
	if err := o.Poll(t.Context()); err != nil || o.fetches() != 3 {
		t.Errorf("%v, jobs %v", err, o.jobs())
	}
	if err := o.Poll(t.Context()); courier.Class(err) != "offline" || o.fetches() != 3 {
		t.Errorf("%v, jobs %v", err, o.jobs())
	}
}
