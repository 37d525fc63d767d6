package exchange_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vanthu/inbox"
	"vanthu/internal/axis"
	"vanthu/internal/courier"
)

// resuming is a fake axis that brings packets in parts.
type resuming struct {
	*fake
	raw     []string // what each Download brings, one after the other
	how     axis.Brought
	fresh   []bool // whether each Download found no part
	fetches int
	fetch   error
}

func (r *resuming) Download(_ context.Context, _ string, d axis.Download) (axis.Brought, error) {
	_, err := os.Stat(d.Part)
	r.fresh = append(r.fresh, errors.Is(err, fs.ErrNotExist))
	if err := os.WriteFile(d.Part, []byte("một phần"), 0o600); err != nil {
		return axis.Brought{}, err
	}
	text := r.raw[0]
	if len(r.raw) > 1 {
		r.raw = r.raw[1:]
	}
	if text == "" {
		return axis.Brought{}, axis.ErrOffline
	}
	d.Progress(int64(len(text)), int64(len(text)))
	return r.how, d.To(strings.NewReader(text))
}

func (r *resuming) Fetch(ctx context.Context, docID string, w io.Writer, limit int64) (int64, error) {
	r.fetches++
	if r.fetch != nil {
		return 0, r.fetch
	}
	return r.fake.Fetch(ctx, docID, w, limit)
}

// sound is a packet that the office can read.
func sound(t testing.TB, o *office) string {
	t.Helper()
	doc := o.issue(neighbour())
	f, err := o.Store.OpenBlob(doc.Packet)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func partsOf(t testing.TB, o *office) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(o.TempDir, "parts", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A packet that came raw and cannot be read is not believed to be broken before
// it has been asked for again.
func TestSecondOpinion(t *testing.T) {
	const broken = "<edXML>gói tin hỏng"
	raw, joined, checked := axis.Brought{Raw: true}, axis.Brought{Raw: true, Joined: true}, axis.Brought{Raw: true, Joined: true, Checked: true}
	for name, c := range map[string]struct {
		how   axis.Brought
		raw   []string // "": sound
		other bool     // the other way brings it sound
		fetch error
		want  string // how the office has it
		err   error
		asked string // downloads and fetches
	}{
		"sound":                      {how: raw, raw: []string{""}, want: "received", asked: "d"},
		"broken, the other way":      {how: raw, raw: []string{broken}, other: true, want: "received", asked: "df"},
		"broken both ways":           {how: raw, raw: []string{broken}, want: "quarantined", asked: "df"},
		"joined, sound from zero":    {how: joined, raw: []string{broken, ""}, want: "received", asked: "dd"},
		"joined, the other way":      {how: joined, raw: []string{broken}, other: true, want: "received", asked: "ddf"},
		"checked":                    {how: checked, raw: []string{broken}, other: true, want: "quarantined", asked: "d"},
		"no other way":               {how: raw, raw: []string{broken}, fetch: axis.ErrUnsupported, want: "quarantined", asked: "df"},
		"the other way is refused":   {how: raw, raw: []string{broken}, fetch: &axis.Rejected{Code: "-1"}, want: "quarantined", asked: "df"},
		"the other way is malformed": {how: raw, raw: []string{broken}, fetch: axis.ErrMalformed, err: courier.ErrBusy, asked: "df"},
		"the other way is offline":   {how: raw, raw: []string{broken}, fetch: axis.ErrOffline, err: courier.ErrOffline, asked: "df"},
		"we are unknown":             {how: raw, raw: []string{broken}, fetch: &axis.Rejected{Code: "15"}, err: courier.ErrNeedsClerk, asked: "df"},
	} {
		t.Run(name, func(t *testing.T) {
			o, f := fakeOffice(t)
			good := sound(t, o)
			r := &resuming{fake: f, how: c.how, fetch: c.fetch}
			for _, text := range c.raw {
				if text == "" {
					text = good
				}
				r.raw = append(r.raw, text)
			}
			f.packets["1"] = broken
			if c.other {
				f.packets["1"] = good
			}
			o.Axis = r
			f.received[axis.Edoc] = []axis.Received{{DocID: "1"}}
			if err := o.Poll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := o.run("fetch/1"); !errors.Is(err, c.err) {
				t.Fatalf("%v, want %v", err, c.err)
			}
			if got := strings.Repeat("d", len(r.fresh)) + strings.Repeat("f", r.fetches); got != c.asked {
				t.Errorf("asked %s, want %s", got, c.asked)
			}
			for i, fresh := range r.fresh {
				if !fresh {
					t.Errorf("download %d went on with a part that was not to be believed", i)
				}
			}
			rows := o.arrived()
			switch {
			case c.want == "" && len(rows) != 0,
				c.want != "" && (len(rows) != 1 || (rows[0].State == inbox.Quarantined) != (c.want == "quarantined")):
				t.Errorf("arrived %+v, want %s", rows, c.want)
			}
			if left := partsOf(t, o); c.want != "" && len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

// What has come outlives a broken line and a restart; it goes when the job is
// done, was done before, or is no longer there.
func TestPartsOfFetches(t *testing.T) {
	o, f := fakeOffice(t)
	r := &resuming{fake: f, how: axis.Brought{Raw: true, Checked: true}, raw: []string{"", sound(t, o)}}
	o.Axis = r
	f.received[axis.Edoc] = []axis.Received{{DocID: "1"}, {DocID: "2"}}
	if err := o.Poll(t.Context()); err != nil {
		t.Fatal(err)
	}
	j := o.jobs()["fetch/1"]
	if err := o.run("fetch/1"); !errors.Is(err, courier.ErrOffline) || len(partsOf(t, o)) != 1 {
		t.Fatalf("%v, parts %v", err, partsOf(t, o))
	}
	if err := errors.Join(o.SweepParts(), o.run("fetch/1")); err != nil || r.fresh[1] || len(partsOf(t, o)) != 0 {
		t.Fatalf("%v, begun anew %v, parts %v", err, r.fresh, partsOf(t, o))
	}
	left := filepath.Join(o.TempDir, "parts")
	if err := o.run("fetch/2"); err != nil {
		t.Fatal(err)
	}
	r.raw = []string{""}
	if err := o.Handlers()["fetch"](t.Context(), j, func(int64, int64) {}); err != nil || len(r.fresh) != 3 {
		t.Errorf("a copy that is there: %v, %d downloads", err, len(r.fresh))
	}
	if err := os.WriteFile(filepath.Join(left, "0123abcd.part"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.SweepParts(); err != nil || len(partsOf(t, o)) != 0 {
		t.Errorf("%v, left %v", err, partsOf(t, o))
	}
}

// While the axis holds the upload of a send whose answer was lost, it is asked
// by that name and not through its list; afterwards nothing is kept.
func TestUploadNeedsNoList(t *testing.T) {
	o, f := fakeOffice(t)
	doc := o.issue(neighbour())
	f.refuse = axis.ErrUnanswered
	if err := o.run("send/" + doc.ID); !errors.Is(err, courier.ErrOffline) {
		t.Fatal(err)
	}
	part := f.messages[0].Part
	if err := os.WriteFile(part+".json", []byte(`{"url":"http://axis/uploads/1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	f.refuse = nil
	f.sent = []axis.Sent{{SenderDocID: "ax-7", Notation: doc.Code.String(), From: commune().Code, To: neighbour().Code}}
	if err := o.run("send/" + doc.ID); err != nil || len(f.messages) != 2 || f.messages[1].Part != part {
		t.Errorf("%v, %d messages", err, len(f.messages))
	}
	if left := partsOf(t, o); len(left) > 0 || o.states(doc.ID) != "Đã gửi" {
		t.Errorf("%s, left %v", o.states(doc.ID), left)
	}
}

// An axis without a list of what was sent is sent to again.
func TestNoListIsNoReason(t *testing.T) {
	o, f := fakeOffice(t)
	doc := o.issue(neighbour())
	if _, err := o.Outbox.Attempt(doc.ID); err != nil {
		t.Fatal(err)
	}
	o.Axis = listless{f}
	if err := o.run("send/" + doc.ID); err != nil || len(f.messages) != 1 {
		t.Errorf("%v, %d messages", err, len(f.messages))
	}
}

type listless struct{ *fake }

func (listless) Sent(context.Context, axis.Filter) ([]axis.Sent, error) {
	return nil, axis.ErrUnsupported
}
