package axistest

import (
	"errors"
	"slices"
	"testing"

	"vanthu/internal/axis"
	"vanthu/internal/document"
)

func (s *suite) directory(t *testing.T) {
	all, err := s.client.Agencies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range append([]document.Agency{s.From}, s.To...) {
		if !slices.ContainsFunc(all, func(a axis.Agency) bool { return a.Code == want.Code || a.OldCode == want.Code }) {
			t.Errorf("%s is not in the directory", want.Code)
		}
	}
}

// everybody tells the agencies that must be known.
func (s *suite) everybody() []document.Agency { return append([]document.Agency{s.From}, s.To...) }

// qd20: the directory by new codes tells the old ones too.
func (s *suite) qd20(t *testing.T) {
	if s.hub() {
		t.Skip("not in this mode")
	}
	all, err := s.client.AgenciesQD20(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range s.everybody() {
		if !slices.ContainsFunc(all, func(a axis.Agency) bool { return a.Code == want.Code || a.OldCode == want.Code }) {
			t.Errorf("%s is not in the directory", want.Code)
		}
	}
}

// allUnits lists the units newer than a version.
func (s *suite) allUnits(t *testing.T, since int64) (all []axis.Unit) {
	t.Helper()
	err := s.client.EachUnit(t.Context(), since, func(u axis.Unit) error {
		all = append(all, u)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func unitOf(all []axis.Unit, code document.Code) (axis.Unit, bool) {
	i := slices.IndexFunc(all, func(u axis.Unit) bool { return u.Code == code })
	if i < 0 {
		return axis.Unit{}, false
	}
	return all[i], true
}

func (s *suite) units(t *testing.T) {
	if s.hub() {
		t.Skip("not in this mode")
	}
	all := s.allUnits(t, 0)
	for _, want := range s.everybody() {
		if u, ok := unitOf(all, want.Code); !ok || u.Deleted {
			t.Errorf("%s: %+v, %v", want.Code, u, ok)
		}
	}
}

// registration: an agency comes and goes, in the list and among the units, each
// time with a higher version.
func (s *suite) registration(t *testing.T) {
	if s.hub() || s.Spare == "" {
		t.Skip("no code to register")
	}
	newest := int64(0)
	for _, u := range s.allUnits(t, 0) {
		newest = max(newest, u.Version)
	}
	for _, name := range []string{"Trạm Y tế xã Định Mỹ", "Trạm Y tế Định Mỹ <mới> & “đẹp”"} {
		err := s.client.RegisterAgency(t.Context(), axis.Registration{Code: s.Spare, Parent: s.From.Code, Name: name, Email: "tyt@xa.vn"})
		if err != nil {
			t.Fatal(err)
		}
		u, ok := unitOf(s.allUnits(t, newest), s.Spare)
		if !ok || u.Name != name || u.Deleted || u.Version <= newest {
			t.Errorf("registered: %+v, %v, newest before %d", u, ok, newest)
		}
		newest = u.Version
		if !s.listed(t, s.Spare) {
			t.Error("not in the directory after registration")
		}
	}
	if err := s.client.DeleteAgency(t.Context(), s.Spare); err != nil {
		t.Fatal(err)
	}
	if s.listed(t, s.Spare) {
		t.Error("in the directory after deletion")
	}
	if u, ok := unitOf(s.allUnits(t, newest), s.Spare); !ok || !u.Deleted {
		t.Errorf("deleted: %+v, %v", u, ok)
	}
	var no *axis.Rejected
	if err := s.client.DeleteAgency(t.Context(), s.Spare); !errors.As(err, &no) {
		t.Errorf("deleted twice: %v", err)
	}
	if err := s.client.RegisterAgency(t.Context(), axis.Registration{Code: "!", Name: "Sai mã"}); !errors.As(err, &no) {
		t.Errorf("a code that is none: %v", err)
	}
}

func (s *suite) listed(t *testing.T, code document.Code) bool {
	t.Helper()
	found := false
	enough := errors.New("enough")
	err := s.client.EachAgency(t.Context(), func(a axis.Agency) error {
		if found = a.Code == code; found {
			return enough
		}
		return nil
	})
	if found != errors.Is(err, enough) || err != nil && !found {
		t.Fatalf("found %v, %v", found, err)
	}
	return found
}

// unsupported: what a hub does not have is told apart from every failure, and
// nothing is sent.
func (s *suite) unsupported(t *testing.T) {
	if !s.hub() {
		t.Skip("the SDK has every operation")
	}
	ctx := t.Context()
	_, sent := s.client.Sent(ctx, axis.Filter{})
	_, qd20 := s.client.AgenciesQD20(ctx)
	_, count := s.client.Count(ctx, axis.Edoc)
	_, reports := s.client.Count(ctx, axis.StatusMessage)
	for name, err := range map[string]error{
		"Sent": sent, "AgenciesQD20": qd20, "Count of documents": count, "Count of reports": reports,
		"EachUnit":       s.client.EachUnit(ctx, 0, func(axis.Unit) error { return nil }),
		"RegisterAgency": s.client.RegisterAgency(ctx, axis.Registration{Code: "H40.9", Name: "x"}),
		"DeleteAgency":   s.client.DeleteAgency(ctx, "H40.9"),
	} {
		if !errors.Is(err, axis.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
