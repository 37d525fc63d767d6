package axistest

import (
	"bytes"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
	"vanthu/internal/line"
)

// TestSimulator runs the suite in every mode, plain and with all offers, and in
// the forms that a client of the SDK may take.
func TestSimulator(t *testing.T) {
	for _, mode := range axissim.Modes() {
		for name, offers := range map[string]axissim.Offers{"plain": {}, "offering": {Range: true, Compression: true, Tus: true}} {
			t.Run(string(mode)+" "+name, func(t *testing.T) {
				Run(t, simulated(t, func(o *axissim.Options) { o.Mode, o.Offers = mode, offers }))
			})
		}
		t.Run(string(mode)+" with an endpoint path", func(t *testing.T) {
			g := simulated(t, func(o *axissim.Options) { o.Mode = mode })
			g.Config.URL += "/XrdAdapter/adapter/"
			Run(t, g)
		})
	}
	t.Run("like the SDK", func(t *testing.T) {
		g := simulated(t)
		g.Config.HashUnpadded, g.Config.TrailingCRLF = true, true
		Run(t, g)
	})
}

// TestReprintingSimulator: the suite holds for an axis that prints packets anew.
func TestReprintingSimulator(t *testing.T) {
	Run(t, simulated(t, func(o *axissim.Options) { o.Reprint = true }))
}

func simulated(t *testing.T, change ...func(*axissim.Options)) Gateway {
	from := document.Agency{Code: "H40.1.2", Name: "UBND xã Định Mỹ"}
	to := []document.Agency{{Code: "000.22.32.H53", Name: "UBND xã Một"}, {Code: "H40.1", Name: "UBND huyện"}, {Code: "H40", Name: "UBND tỉnh"}}
	const secret = "bi-mat-01"
	o := axissim.Options{
		Dir:      t.TempDir(),
		Systems:  []axissim.System{{ID: "vxp.test.01", Secret: []byte(secret)}},
		Agencies: []axissim.Agency{{Agency: from, System: "vxp.test.01"}, {Agency: document.Agency{Code: "H40.6", Name: "Đang khóa"}, Locked: true}},
	}
	for _, a := range to {
		o.Agencies = append(o.Agencies, axissim.Agency{Agency: a, System: "vxp.test.01"})
	}
	for _, f := range change {
		f(&o)
	}
	a, err := axissim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	board := axissim.NewBoard(a.Handler())
	server := httptest.NewServer(board)
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return Gateway{
		Config: axis.Config{
			URL: server.URL, PlainAllowed: true, System: "vxp.test.01", Secret: []byte(secret), Protocol: axis.Protocol(o.Mode), Patience: -1,
		},
		From: from, To: to, Spare: "H40.9.9", Locked: "H40.6",
		Fault: func(t *testing.T, rule string) {
			rules, err := axissim.ParseFaults([]string{rule}, axissim.Sleep)
			if err != nil {
				t.Fatal(err)
			}
			board.Set(rules...)
		},
	}
}

// TestGateway runs the suite against another axis, as the variables that doc.go
// names say.
func TestGateway(t *testing.T) {
	url := os.Getenv("AXIS_TEST_URL")
	if url == "" {
		t.Skip("AXIS_TEST_URL is not set")
	}
	secret, err := os.ReadFile(os.Getenv("AXIS_TEST_SECRET_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	g := Gateway{
		Config: axis.Config{
			URL: url, PlainAllowed: true, Protocol: axis.Protocol(os.Getenv("AXIS_TEST_MODE")), System: os.Getenv("AXIS_TEST_SYSTEM"), Secret: bytes.TrimSpace(secret),
			HashUnpadded: os.Getenv("AXIS_TEST_UNPADDED") == "1", TrailingCRLF: os.Getenv("AXIS_TEST_UNPADDED") == "1",
		},
		From:   document.Agency{Code: document.Code(os.Getenv("AXIS_TEST_FROM")), Name: "Kiểm thử"},
		Serial: int(time.Now().Unix() % 1_000_000_000),
		Spare:  document.Code(os.Getenv("AXIS_TEST_SPARE")), Locked: document.Code(os.Getenv("AXIS_TEST_LOCKED")),
	}
	if roots := os.Getenv("AXIS_TEST_ROOTS"); roots != "" {
		g.Config.Line = trusting(t, roots)
	}
	if os.Getenv("AXIS_TEST_FAULTS") == "1" {
		g.Fault = func(t *testing.T, rule string) { putFault(t, g.Config, rule) }
	}
	for _, code := range strings.Split(os.Getenv("AXIS_TEST_TO"), ",") {
		g.To = append(g.To, document.Agency{Code: document.Code(strings.TrimSpace(code)), Name: "Kiểm thử"})
	}
	if len(g.To) < 2 {
		t.Fatal("AXIS_TEST_TO must name two agencies")
	}
	Run(t, g)
}

// trusting is a line that believes the roots in a PEM file.
func trusting(t *testing.T, file string) *line.Line {
	pem, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatalf("no certificate in %s", file)
	}
	l, err := line.New(line.Options{Roots: roots, PlainAllowed: true})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// putFault changes the faults of a simulator by its admin call.
func putFault(t *testing.T, c axis.Config, rule string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, strings.TrimRight(c.URL, "/")+"/-/faults", strings.NewReader(rule))
	if err != nil {
		t.Fatal(err)
	}
	client := http.DefaultClient
	if c.Line != nil {
		client = &http.Client{Transport: c.Line.Transport()}
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if told, err := io.ReadAll(resp.Body); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("HTTP %d %s, %v", resp.StatusCode, told, err)
	}
}
