package cli

import (
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// tokenModule is `token-module FILE`: builds the driver with the manners of real
// tokens (signer/testdata/token/token.c), which passes calls on to SoftHSM.
func tokenModule(ts *testscript.TestScript, neg bool, args []string) {
	headers, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/miekg/pkcs11").Output()
	ts.Check(err)
	source, err := filepath.Abs("../../signer/testdata/token/token.c")
	ts.Check(err)
	log, err := exec.Command("gcc", "-Wall", "-shared", "-fPIC", "-I", strings.TrimSpace(string(headers)),
		"-o", ts.MkAbs(args[0]), source, "-ldl").CombinedOutput()
	if err != nil || neg {
		ts.Fatalf("gcc: %v: %s", err, log)
	}
}
