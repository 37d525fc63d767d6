package axis

import (
	"context"
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// Agency is an entry of the axis's directory. Packets with codes of the old
// generation still circulate: compare with both codes.
type Agency struct {
	document.Agency
	ID, Parent string // of the axis
	OldCode    document.Code
}

// Agencies reads the whole directory. Rows without a code are left out.
func (c *Client) Agencies(ctx context.Context) ([]Agency, error) { return collect(ctx, c.EachAgency) }

// EachAgency hands the entries of the directory to f as they arrive. An error of
// f ends the list and comes back as it is; an error of the list, that it was cut
// or refused after all, comes after the rows that were good.
func (c *Client) EachAgency(ctx context.Context, f func(Agency) error) error {
	return c.eachAgency(ctx, "getAgenciesList", "oldCode", f)
}

// AgenciesQD20 reads the directory by the codes of QĐ 20/2020, each with its
// code of the old generation (code102). SDK 2.0.1 only.
func (c *Client) AgenciesQD20(ctx context.Context) ([]Agency, error) {
	return collect(ctx, c.EachAgencyQD20)
}

// EachAgencyQD20 is AgenciesQD20 as EachAgency is Agencies.
func (c *Client) EachAgencyQD20(ctx context.Context, f func(Agency) error) error {
	return c.eachAgency(ctx, "getAgenciesListQD20", "code102", f)
}

func (c *Client) eachAgency(ctx context.Context, operation, old string, f func(Agency) error) error {
	return c.list(ctx, call{operation: operation}, func(r row) error {
		if r.get("code") == "" {
			return nil
		}
		return f(Agency{
			Agency: document.Agency{Code: code(r.get("code")), Name: clean(r.get("name")), Email: clean(r.get("mail"))},
			ID:     clean(r.get("id")), Parent: clean(r.get("pid")), OldCode: code(r.get(old)),
		})
	})
}

func collect(ctx context.Context, each func(context.Context, func(Agency) error) error) ([]Agency, error) {
	var list []Agency
	err := each(ctx, func(a Agency) error {
		list = append(list, a)
		return nil
	})
	return list, err
}

// Unit is an entry of the list to synchronise by (axis.md §1.3). Versions grow;
// what is gone stays, marked Deleted.
type Unit struct {
	ID, Parent string // of the axis
	Code       document.Code
	Name       string
	Email      string
	Version    int64
	CenterCode string
	Deleted    bool
	Modified   string // in a form that is specified nowhere
	IsAgency   bool
}

// EachUnit hands the units newer than since to f as they arrive; 0 asks for all.
// An axis may ignore since. Errors are as of EachAgency.
func (c *Client) EachUnit(ctx context.Context, since int64, f func(Unit) error) error {
	what := call{operation: "getSynchronizeUnit"}
	if since > 0 { // "version" would become the header of the SDK's own version
		what = what.with("unitVersion", strconv.FormatInt(since, 10))
	}
	return c.list(ctx, what, func(r row) error {
		if r.get("code") == "" && r.get("id") == "" {
			return nil
		}
		return f(Unit{
			ID: clean(r.get("id")), Parent: clean(r.get("pid")), Code: code(r.get("code")),
			Name: clean(r.get("name")), Email: clean(r.get("mail")),
			Version: number(r.get("version")), CenterCode: clean(r.get("centerCode")),
			Deleted: truth(r.get("deleted")), Modified: clean(r.get("modifyDate")), IsAgency: truth(r.get("isAgency")),
		})
	})
}

// number reads a number or its text; 0 for anything else.
func number(s string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
	return n
}

// truth reads a boolean, its text or 1.
func truth(s string) bool {
	yes, _ := strconv.ParseBool(strings.ToLower(s))
	return yes
}
