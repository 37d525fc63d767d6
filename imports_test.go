package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// rule says what a package must not come to depend on. Directions are those
// of the design: main → cli → ui → inbox, outbox → store; mechanism below.
type rule struct {
	pkg  string
	not  []string // never, not even through others; a prefix of the import path
	bare bool     // imports none of ours
	also []string // never directly
}

func rules() []rule {
	desk := []string{"vanthu/ui", "vanthu/signer", "vanthu/internal/axis", "vanthu/internal/exchange", "vanthu/internal/courier", "vanthu/internal/cli", "vanthu/internal/pdf", "net/http"}
	return []rule{
		{pkg: "vanthu/store", bare: true, not: []string{"net/http"}},
		{pkg: "vanthu/internal/viet", bare: true, not: []string{"net/http", "os/exec"}},
		{pkg: "vanthu/internal/document", bare: true, not: []string{"net/http", "os/exec"}},
		{pkg: "vanthu/internal/savefile", bare: true, not: []string{"net/http", "os/exec"}},
		{pkg: "vanthu/internal/textfilter", bare: true, not: []string{"net/http", "os"}},
		{pkg: "vanthu/internal/verdict", bare: true, not: []string{"net/http", "os"}},
		{pkg: "vanthu/internal/edxml", not: []string{"vanthu/store", "vanthu/internal/axis", "net/http", "go.etcd.io"}},
		{pkg: "vanthu/inbox", not: append([]string{"vanthu/outbox"}, desk...)},
		{pkg: "vanthu/outbox", not: append([]string{"vanthu/inbox"}, desk...)},
		{pkg: "vanthu/ui", not: []string{"vanthu/internal/axis", "vanthu/internal/exchange", "vanthu/internal/courier", "vanthu/internal/cli", "vanthu/signer", "net/http"},
			also: []string{"go.etcd.io/bbolt"}},
		{pkg: "vanthu/internal/courier", not: []string{"vanthu/inbox", "vanthu/outbox", "vanthu/ui", "vanthu/internal/axis", "vanthu/internal/document", "vanthu/internal/edxml"}},
		{pkg: "vanthu/internal/axis", not: []string{"vanthu/store", "vanthu/inbox", "vanthu/outbox", "vanthu/ui", "vanthu/signer"}},
		{pkg: "vanthu/internal/axis/axissim", not: []string{"vanthu/store", "vanthu/inbox", "vanthu/outbox", "vanthu/ui", "vanthu/signer"}},
		{pkg: "vanthu/internal/exchange", not: []string{"vanthu/ui", "vanthu/signer", "vanthu/internal/cli"}},
		{pkg: "vanthu/internal/line", bare: true},
		{pkg: "vanthu/internal/transfer", bare: true},
		{pkg: "vanthu/internal/driver", bare: true, not: []string{"net/http"}},
		{pkg: "vanthu/internal/tsa", bare: true},
		{pkg: "vanthu/signer", not: []string{"vanthu/store", "vanthu/inbox", "vanthu/outbox", "vanthu/ui", "vanthu/internal/axis", "vanthu/internal/edxml"}},
		{pkg: "vanthu/internal/pdf", not: []string{"vanthu/store", "vanthu/inbox", "vanthu/outbox", "vanthu/signer", "net/http"}},
		{pkg: "vanthu/internal/pdf/page", not: []string{"vanthu/store", "vanthu/inbox", "vanthu/outbox", "vanthu/signer"}},
		{pkg: "vanthu/internal/office", not: []string{"vanthu/store", "vanthu/inbox", "vanthu/outbox", "vanthu/ui", "vanthu/signer"}},
		{pkg: "vanthu/internal/practice", not: []string{"vanthu/store", "vanthu/inbox", "vanthu/outbox", "vanthu/ui", "vanthu/internal/cli"}},
	}
}

// goPackage is what `go list -json` says of a package.
type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

func listPackages(t *testing.T) map[string]goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := map[string]goPackage{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		found[p.ImportPath] = p
	}
}

// under tells whether path is pkg or lies below it.
func under(path, pkg string) bool { return path == pkg || strings.HasPrefix(path, pkg+"/") }

func TestImportDirection(t *testing.T) {
	packages := listPackages(t)
	for _, r := range rules() {
		p, ok := packages[r.pkg]
		if !ok {
			t.Errorf("%s: no such package; the rule is stale", r.pkg)
			continue
		}
		for _, dep := range p.Deps {
			if r.bare && strings.HasPrefix(dep, "vanthu/") {
				t.Errorf("%s depends on %s; it must import none of ours", r.pkg, dep)
			}
			if i := slices.IndexFunc(r.not, func(no string) bool { return under(dep, no) }); i >= 0 {
				t.Errorf("%s depends on %s", r.pkg, dep)
			}
		}
		for _, dep := range p.Imports {
			if slices.Contains(r.also, dep) {
				t.Errorf("%s imports %s", r.pkg, dep)
			}
		}
	}
}

// TestEveryPackageHasItsRule keeps the table complete: a new package has to
// say where it stands.
func TestEveryPackageHasItsRule(t *testing.T) {
	free := []string{"vanthu", "vanthu/internal/cli"} // the two ends that may import everything
	for path := range listPackages(t) {
		known := slices.Contains(free, path) || strings.HasPrefix(path, "vanthu/bench/") || strings.HasPrefix(path, "vanthu/internal/practice/") ||
			path == "vanthu/internal/terminal" || path == "vanthu/internal/journey" || path == "vanthu/internal/axis/axistest" || strings.HasPrefix(path, "vanthu/tools/")
		if !known && !slices.ContainsFunc(rules(), func(r rule) bool { return r.pkg == path }) {
			t.Errorf("%s has no rule", path)
		}
	}
}
