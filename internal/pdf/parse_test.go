package pdf_test

import (
	"errors"
	"testing"

	"vanthu/internal/pdf"
)

// TestValues reads single values in all their spellings.
func TestValues(t *testing.T) {
	str := func(s string) pdf.String { return pdf.String{Bytes: []byte(s)} }
	for _, c := range []struct {
		in   string
		want pdf.Object
	}{
		{"null", nil}, {"true", true}, {"false", false},
		{"12", pdf.Integer(12)}, {"-7", pdf.Integer(-7)}, {"+3", pdf.Integer(3)}, {"0012", pdf.Integer(12)},
		{"1.5", pdf.Real(1.5)}, {"-.5", pdf.Real(-0.5)}, {"4.", pdf.Real(4)},
		{"12 0 R", pdf.Ref{Num: 12}}, {"12 3 R", pdf.Ref{Num: 12, Gen: 3}},
		{"/A#42#zz", pdf.Name("AB#zz")}, {"/", pdf.Name("")},
		{"(a(b)c)", str("a(b)c")}, {`(\(\)\\\n\101\7\78\q)`, str("()\\\nA\a\a8q")}, {"(a\\\r\nb\rc)", str("ab\nc")}, {"()", str("")},
		{"<41 4>", str("A@")}, {"<>", str("")},
		{"[1 2 0 R (x)/N[]<<>>]", pdf.Array{pdf.Integer(1), pdf.Ref{Num: 2}, str("x"), pdf.Name("N"), pdf.Array{}, &pdf.Dict{}}},
		{"[1 0 0 1 0 0]", pdf.Array{pdf.Integer(1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(1), pdf.Integer(0), pdf.Integer(0)}},
		{"% c\n7 % d", pdf.Integer(7)},
	} {
		d, err := pdf.ParseDict([]byte("<< /V " + c.in + " >>"))
		if err != nil && c.in[0] != '%' {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if err == nil && !pdf.Equal(d.Get("V"), c.want) {
			t.Errorf("%s: got %#v, want %#v", c.in, d.Get("V"), c.want)
		}
	}
}

// TestBrokenValues are refused as damage.
func TestBrokenValues(t *testing.T) {
	for _, in := range []string{"", "<<", "<< /A >>", "<< /A (x >>", "<< /A <4g> >>", "<< 1 2 >>", "<< /A ] >>", "<< /A 1e5 >>", "<< /A --1 >>", "<< /A [1 >>", "[]"} {
		if _, err := pdf.ParseDict([]byte(in)); !errors.Is(err, pdf.ErrDamaged) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestDictEdits(t *testing.T) {
	d, err := pdf.ParseDict([]byte("<< /A 1 /B [ 1  2 ] /A 3 >>"))
	if err != nil {
		t.Fatal(err)
	}
	if !d.Duplicate || d.Get("A") != pdf.Integer(3) {
		t.Errorf("duplicate %v, A %v", d.Duplicate, d.Get("A"))
	}
	e := d.With("B", "(new)").With("C", "true").Without("A")
	if got, want := string(e.Bytes()), "<<\n/B (new)\n/C true\n>>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if raw, _ := d.Find("B"); string(raw.Raw) != "[ 1  2 ]" {
		t.Errorf("raw %q", raw.Raw)
	}
	if e.Get("C") != true || len(e.Keys()) != 2 {
		t.Errorf("C %v, keys %v", e.Get("C"), e.Keys())
	}
}

func TestSplitArray(t *testing.T) {
	items, err := pdf.SplitArray([]byte("[ 1 0 R<< /A [1] >>(]) % ]\n/N ]"))
	if err != nil || len(items) != 4 || string(items[1]) != "<< /A [1] >>" || string(items[2]) != "(])" {
		t.Errorf("%q, %v", items, err)
	}
	for _, in := range []string{"", "[", "1", "[1"} {
		if _, err := pdf.SplitArray([]byte(in)); err == nil {
			t.Errorf("%q was read", in)
		}
	}
}

func TestEqual(t *testing.T) {
	parse := func(s string) pdf.Object {
		d, err := pdf.ParseDict([]byte("<< /V " + s + " >>"))
		if err != nil {
			t.Fatal(err)
		}
		return d.Get("V")
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1", "1.0", true}, {"<41>", "(A)", true}, {"<< /A 1 /B 2 >>", "<< /B 2 /A 1 >>", true}, {"/A", "/#41", true},
		{"1", "2", false}, {"[1]", "[1 1]", false}, {"<< /A 1 >>", "<< /B 1 >>", false}, {"<< /A 1 >>", "<< /A 1 /B 1 >>", false},
		{"<< /A 1 /A 1 >>", "<< /A 1 /A 1 >>", false}, {"(A)", "/A", false}, {"1 0 R", "1 1 R", false}, {"null", "1", false},
	} {
		if got := pdf.Equal(parse(c.a), parse(c.b)); got != c.want {
			t.Errorf("%s = %s: %v", c.a, c.b, got)
		}
	}
}

func TestWriteNumber(t *testing.T) {
	for in, want := range map[float64]string{0: "0", -0.00001: "0", 1: "1", 1.5: "1.5", -2.12345: "-2.1235", 100: "100", 1e7: "10000000"} {
		if got := pdf.WriteNumber(in); got != want {
			t.Errorf("%v: %s", in, got)
		}
	}
}
