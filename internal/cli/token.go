package cli

import (
	"crypto"
	"crypto/sha256"
	"fmt"
	"io"
	"time"

	"vanthu/internal/document"
	"vanthu/signer"
)

type tokenListVerb struct{ inOffice }

// tokenInfo is a key as token list and token check show it.
type tokenInfo struct {
	Ref          string     `json:"ref"`
	Label        string     `json:"label"`
	Holder       string     `json:"holder"`
	Organization string     `json:"organization,omitempty"`
	Serial       string     `json:"serial,omitempty"`
	Soft         bool       `json:"soft"`
	NotAfter     *time.Time `json:"notAfter,omitempty"`
	Tries        string     `json:"tries,omitempty"`
}

func newTokenInfo(k signer.KeyInfo) tokenInfo {
	t := tokenInfo{Ref: k.Ref, Label: k.Label, Holder: k.Holder, Organization: k.Organization, Serial: k.Serial,
		Soft: k.Soft, Tries: string(k.Tries)}
	if !k.NotAfter.IsZero() {
		t.NotAfter = &k.NotAfter
	}
	return t
}

// tokensListed is the answer of token list.
type tokensListed struct {
	Keys    []tokenInfo  `json:"keys"`
	Drivers []driverInfo `json:"drivers"`
}

// driverInfo is what became of asking one PKCS#11 driver.
type driverInfo struct {
	Path   string `json:"path"`
	Name   string `json:"name,omitempty"`
	Tokens int    `json:"tokens"`
	Error  string `json:"error,omitempty"`
}

func (v *tokenListVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		answer := tokensListed{Keys: []tokenInfo{}, Drivers: []driverInfo{}}
		for _, k := range w.keys.soft() {
			answer.Keys = append(answer.Keys, newTokenInfo(k))
		}
		for _, m := range w.keys.tokens.Scan(c.ctx, w.keys.modules()) {
			one := driverInfo{Path: m.Path, Name: m.Driver, Tokens: m.Tokens}
			if m.Err != nil {
				one.Error = m.Err.Error()
			}
			answer.Drivers = append(answer.Drivers, one)
			for _, k := range m.Keys {
				answer.Keys = append(answer.Keys, newTokenInfo(w.keys.counted(k)))
			}
		}
		return c.say(answer, func(out io.Writer) {
			for _, k := range answer.Keys {
				fmt.Fprintf(out, "%s  %s, %s", k.Ref, clean(k.Holder), clean(k.Organization))
				if words := triesWords(signer.Tries(k.Tries)); words != "" {
					fmt.Fprintf(out, " (%s)", words)
				}
				fmt.Fprintln(out)
			}
			for _, d := range answer.Drivers {
				fmt.Fprintf(out, "%s: %d thiết bị %s\n", d.Path, d.Tokens, clean(d.Error))
			}
			if len(answer.Keys) == 0 {
				fmt.Fprintln(out, "Không thấy khóa ký nào: cắm thiết bị hoặc khai báo modules trong vanthu.toml.")
			}
		})
	})
}

type tokenCheckVerb struct {
	inOffice
	Ref     string `arg:"" help:"Khóa, như token list in ra."`
	LastTry bool   `help:"Chấp nhận dùng lần thử PIN cuối cùng của thiết bị."`
	pinFlags
}

// Run opens a key and makes one signature of a fixed text with it.
func (v *tokenCheckVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		k, err := c.openKey(w, v.Ref, v.LastTry)
		if err != nil {
			return err
		}
		defer k.Close()
		digest := sha256.Sum256([]byte("vanthu token check"))
		if _, err := k.Sign(c.ctx, digest[:], crypto.SHA256); err != nil {
			return err
		}
		info := newTokenInfo(k.Info())
		return c.sayf(info, "Ký thử được bằng khóa của %s, hạn đến %s.", clean(info.Holder), document.DateOf(k.Info().NotAfter))
	})
}
