package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/driver"
	"vanthu/internal/pdf/page"
	"vanthu/internal/practice/ca"
	"vanthu/internal/practice/form"
)

// update rewrites the expected parts of the scripts (testscript's cmp).
var update = flag.Bool("update", false, "rewrite the golden parts of the scripts")

// TestMain lets the scripts run the real program: the test binary is vanthu
// when it is called by that name.
func TestMain(m *testing.M) {
	for _, helper := range []func([]string) (int, bool){driver.Main, page.Main} {
		if code, asked := helper(os.Args); asked {
			os.Exit(code)
		}
	}
	testscript.Main(m, map[string]func(){
		"vanthu":      func() { os.Exit(Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"make-tokens": makeTokens,
	})
}

// TestVerbs runs one script per verb; TestJourneys the clerk's days.
func TestVerbs(t *testing.T)    { runScripts(t, "testdata/verbs") }
func TestJourneys(t *testing.T) { runScripts(t, "testdata/journeys") }

func runScripts(t *testing.T, dir string) {
	testscript.Run(t, testscript.Params{
		Dir: dir, RequireExplicitExec: true, UpdateScripts: *update,
		Condition: func(cond string) (bool, error) {
			tool, ok := strings.CutPrefix(cond, "tool:")
			switch cond {
			case "samples":
				return samples() != "", nil
			case "namespaces": // the kernel may forbid them to people who are not root
				return exec.Command("unshare", "--user", "--map-root-user", "--mount", "true").Run() == nil, nil
			}
			if !ok {
				return false, fmt.Errorf("unknown condition %q", cond)
			}
			return haveTool(tool), nil
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "data"))
			e.Setenv("XDG_CACHE_HOME", cacheHome())
			e.Setenv("SAMPLES", samples())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": serve, "get": get, "keys": makeKeys, "form": makeForm, "pin": makePIN, "cut": cut, "same": same, "shape": shape, "holders": holders, "text-same": textSame, "await": await, "axis-send": axisSend, "stamps": stamps, "token-module": tokenModule,
		},
	})
}

// cacheHome keeps the compiled PDF reader between the scripts.
func cacheHome() string {
	if dir, err := os.UserCacheDir(); err == nil {
		return dir
	}
	return os.TempDir()
}

// samples is the folder of the public samples, "" when it is not there.
func samples() string {
	dir, err := filepath.Abs("../../../shared/samples")
	if err != nil {
		return ""
	}
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// haveTool finds a program the scripts need. Where tools are required, its
// absence is no reason to skip: the script then fails by itself.
func haveTool(name string) bool {
	if os.Getenv("CI") != "" || os.Getenv("VANTHU_REQUIRE_TOOLS") == "1" {
		return true
	}
	_, err := exec.LookPath(name)
	return err == nil
}

// serve VAR ARGS… starts `vanthu axis serve ARGS…` in a process of its own and
// puts the address it announces into VAR.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	path, err := exec.LookPath("vanthu")
	ts.Check(err)
	cmd := exec.Command(path, append([]string{"axis", "serve"}, args[1:]...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	cmd.Stderr = os.Stderr
	ts.Check(cmd.Start())
	ts.Defer(func() {
		cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			ts.Logf("axis serve: %v", err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if !ok || neg {
		ts.Fatalf("axis serve said %q", line)
	}
	ts.Setenv(args[0], url)
}

// get VAR PATH puts a value of the JSON just printed into VAR; PATH is like
// documents.0.id.
func get(ts *testscript.TestScript, neg bool, args []string) {
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &v))
	for _, step := range strings.Split(args[1], ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[step]
		case []any:
			i, err := strconv.Atoi(step)
			ts.Check(err)
			if i >= len(at) {
				ts.Fatalf("%s: only %d elements", args[1], len(at))
			}
			v = at[i]
		default:
			ts.Fatalf("%s: no %q in %v", args[1], step, v)
		}
	}
	if v == nil || neg {
		ts.Fatalf("no %s in the answer", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(v))
}

// keys DIR makes a practice CA in DIR with a leader's key, an agency's key,
// both with PIN 123456, and the root in DIR/trust/root.pem.
func makeKeys(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	authority, err := ca.Make(filepath.Join(dir, "ca"), ca.Options{})
	ts.Check(err)
	ts.Check(os.MkdirAll(filepath.Join(dir, "trust"), 0o755))
	ts.Check(authority.WriteRoot(filepath.Join(dir, "trust", "root.pem")))
	for file, s := range map[string]ca.Subject{
		"leader.p12": {Name: "Lê Văn Nghĩa", Organization: "Ủy ban nhân dân xã Định Mỹ"},
		"agency.p12": {Name: "Ủy ban nhân dân xã Định Mỹ", Organization: "Ủy ban nhân dân tỉnh An Giang", Agency: true},
	} {
		ts.Check(authority.Issue(s, filepath.Join(dir, file), []byte("123456")))
	}
}

// pin FILE PIN writes a PIN file.
func makePIN(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(args[1]+"\n"), 0o600))
}

// form FILE TYPE SUBJECT [PARAGRAPH] writes a draft PDF with the blanks of the
// decree.
func makeForm(ts *testscript.TestScript, _ bool, args []string) {
	var pdf bytes.Buffer
	body := append(slices.Clone(args[3:]), "Nội dung văn bản dùng để thử./.")
	err := form.Write(&pdf, form.Form{
		Issuer: "Ủy ban nhân dân xã Định Mỹ", Abbr: "UBND", Place: "Định Mỹ", TypeName: args[1], Subject: args[2],
		Year: time.Now().In(document.Zone()).Year(), Body: body, Recipients: []string{"Như trên"},
		Signer: document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Lê Văn Nghĩa"},
	})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pdf.Bytes(), 0o600))
}

// axis-send URL SYSTEM SECRETFILE FROM TO FILE sends a file as it is, the way
// a foreign program would.
func axisSend(ts *testscript.TestScript, neg bool, args []string) {
	client, err := axis.New(axis.Config{URL: args[0], System: args[1], PlainAllowed: true, Secret: []byte(strings.TrimSpace(ts.ReadFile(args[2])))})
	ts.Check(err)
	data := ts.ReadFile(args[5])
	id, err := client.Send(context.Background(), axis.Message{From: document.Code(args[3]), To: []document.Code{document.Code(args[4])},
		Type: axis.Edoc, Body: strings.NewReader(data), Size: int64(len(data))})
	ts.Logf("sent %s: %q, %v", args[5], id, err)
	if (err != nil) != neg {
		ts.Fatalf("send %s: %v", args[5], err)
	}
}

// cut FROM TO BYTES copies the first bytes of a file.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	data := ts.ReadFile(args[0])
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(data[:min(n, len(data))]), 0o600))
}

// same A B compares two files byte for byte.
func same(ts *testscript.TestScript, neg bool, args []string) {
	if (ts.ReadFile(args[0]) == ts.ReadFile(args[1])) == neg {
		ts.Fatalf("%s and %s: equal is %v", args[0], args[1], !neg)
	}
}

// shape FILE writes the names and kinds of everything in the JSON just
// printed, one a line, sorted: the shape programs may count on.
func shape(ts *testscript.TestScript, _ bool, args []string) {
	var v any
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	ts.Check(d.Decode(&v))
	if d.More() {
		ts.Fatalf("more than one object on stdout")
	}
	lines := map[string]bool{}
	walk(v, "", lines)
	text := strings.Join(slices.Sorted(maps.Keys(lines)), "\n") + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// walk collects "path kind" for every leaf; elements of a list share "[]".
func walk(v any, path string, lines map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			walk(inner, strings.TrimPrefix(path+"."+name, "."), lines)
		}
	case []any:
		lines[path+" list"] = true
		for _, inner := range v {
			walk(inner, path+"[]", lines)
		}
	case string:
		lines[path+" string"] = true
	case float64:
		lines[path+" number"] = true
	case bool:
		lines[path+" bool"] = true
	case nil:
		lines[path+" null"] = true
	}
}

// await FILE waits until a file (or socket) is there.
func await(ts *testscript.TestScript, _ bool, args []string) {
	deadline := time.Now().Add(20 * time.Second)
	for {
		if _, err := os.Lstat(ts.MkAbs(args[0])); err == nil {
			return
		} else if time.Now().After(deadline) {
			ts.Fatalf("%s did not appear: %v", args[0], err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// holders puts the references of the keys just listed into LEADER and AGENCY.
func holders(ts *testscript.TestScript, _ bool, _ []string) {
	var answer tokensListed
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &answer))
	if len(answer.Keys) != 2 {
		ts.Fatalf("%d keys, want 2", len(answer.Keys))
	}
	for _, k := range answer.Keys {
		name := "LEADER"
		if strings.HasPrefix(k.Holder, "Ủy ban") {
			name = "AGENCY"
		}
		ts.Setenv(name, k.Ref)
	}
}

// text-same BEFORE AFTER wants every word of the page to stand where it stood;
// number and date may have come in between.
func textSame(ts *testscript.TestScript, _ bool, args []string) {
	after := strings.Fields(ts.ReadFile(args[1]))
	for _, word := range strings.Fields(ts.ReadFile(args[0])) {
		i := slices.Index(after, word)
		if i < 0 {
			ts.Fatalf("%q is gone from the page", word)
		}
		after = slices.Delete(after, 0, i+1)
	}
}
