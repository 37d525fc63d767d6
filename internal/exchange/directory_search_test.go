package exchange_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vanthu/internal/axis"
	"vanthu/internal/viet"
)

// naive finds what Search is to find, by looking at every body.
func naive(list []axis.Agency, query string, limit int) (codes []string) {
	words := strings.Fields(viet.Fold(query))
	whole := strings.Join(words, " ")
	names := map[string]string{}
	for _, a := range list {
		names[a.ID] = a.Name
	}
	list = slices.SortedFunc(slices.Values(list), func(a, b axis.Agency) int { return strings.Compare(string(a.Code)+"\t", string(b.Code)+"\t") })
	var ranks [3][]string
	for _, a := range list {
		folded := viet.Fold(strings.Join([]string{a.Name, names[a.Parent], string(a.Code)}, " "))
		rank := 2
		switch {
		case len(words) == 1 && strings.HasPrefix(strings.ToLower(string(a.Code)), whole):
			rank = 0
		case strings.HasPrefix(folded, whole):
			rank = 1
		}
		if len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(folded, w) }) {
			ranks[rank] = append(ranks[rank], string(a.Code))
		}
	}
	codes = slices.Concat(ranks[0], ranks[1], ranks[2])
	return codes[:min(len(codes), limit)]
}

// Over many pieces of the names, whatever is typed finds what looking at every
// body finds, in that order.
func TestSearchAgainstAScan(t *testing.T) {
	n := 12_000
	if testing.Short() {
		n = 5_000
	}
	list := nationList(n)
	for i := range list {
		list[i].OldCode = ""
	}
	d := newDirectory(t)
	d.replace(t, list...)
	words := strings.Fields("ubnd Ủy ban nhân dân xã Định Mỹ tỉnh An phòng kinh tế h01 H01.3 h01.30.2 trường mầm non không y a h 1 zz vxp . - +")
	rapid.Check(t, func(r *rapid.T) {
		picked := rapid.SliceOfN(rapid.SampledFrom(words), 0, 4).Draw(r, "words")
		query := strings.Join(picked, " ")
		if cut := rapid.IntRange(0, 3).Draw(r, "cut"); cut > 0 && len(query) > cut {
			query = strings.ToValidUTF8(query[:len(query)-cut], "")
		}
		limit := rapid.SampledFrom([]int{1, 2, 20, 50, 1000}).Draw(r, "limit")
		found, err := d.Search(t.Context(), query, limit)
		var codes []string
		for _, a := range found {
			codes = append(codes, string(a.Code))
		}
		if expected := naive(list, query, limit); err != nil || !slices.Equal(codes, expected) {
			r.Fatalf("%q finds %d %q, %v; want %d %q", query, len(codes), codes[:min(len(codes), 30)], err, len(expected), expected[:min(len(expected), 30)])
		}
	})
}
