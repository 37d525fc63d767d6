package axistest

import (
	"bytes"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
)

func TestSimulator(t *testing.T) {
	for name, change := range map[string]func(*axis.Config){
		"plain":         func(*axis.Config) {},
		"like the SDK":  func(c *axis.Config) { c.HashUnpadded, c.TrailingCRLF = true, true },
		"endpoint path": func(c *axis.Config) { c.URL += "/XrdAdapter/adapter/" },
	} {
		t.Run(name, func(t *testing.T) {
			g := simulated(t)
			change(&g.Config)
			Run(t, g)
		})
	}
}

// TestReprintingSimulator: the suite holds for an axis that prints packets anew.
func TestReprintingSimulator(t *testing.T) {
	Run(t, simulated(t, func(o *axissim.Options) { o.Reprint = true }))
}

func simulated(t *testing.T, change ...func(*axissim.Options)) Gateway {
	from := document.Agency{Code: "H40.1.2", Name: "UBND xã Định Mỹ"}
	to := []document.Agency{{Code: "000.22.32.H53", Name: "UBND xã Một"}, {Code: "H40.1", Name: "UBND huyện"}, {Code: "H40", Name: "UBND tỉnh"}}
	o := axissim.Options{
		Dir:      t.TempDir(),
		Systems:  []axissim.System{{ID: "vxp.test.01", Secret: []byte("bí mật-01")}},
		Agencies: []axissim.Agency{{Agency: from, System: "vxp.test.01"}},
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
	server := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return Gateway{Config: axis.Config{URL: server.URL, System: "vxp.test.01", Secret: []byte("bí mật-01")}, From: from, To: to}
}

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
			URL: url, System: os.Getenv("AXIS_TEST_SYSTEM"), Secret: bytes.TrimSpace(secret),
			HashUnpadded: os.Getenv("AXIS_TEST_UNPADDED") == "1", TrailingCRLF: os.Getenv("AXIS_TEST_UNPADDED") == "1",
		},
		From:   document.Agency{Code: document.Code(os.Getenv("AXIS_TEST_FROM")), Name: "Kiểm thử"},
		Serial: int(time.Now().Unix() % 1_000_000_000),
	}
	for _, code := range strings.Split(os.Getenv("AXIS_TEST_TO"), ",") {
		g.To = append(g.To, document.Agency{Code: document.Code(strings.TrimSpace(code)), Name: "Kiểm thử"})
	}
	if len(g.To) < 2 {
		t.Fatal("AXIS_TEST_TO must name two agencies")
	}
	Run(t, g)
}
