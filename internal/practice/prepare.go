package practice

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vanthu/internal/office"
	"vanthu/internal/practice/ca"
	"vanthu/internal/practice/form"
)

// DraftsDir is where the sample drafts lie in a practice home.
func DraftsDir(h office.Home) string { return filepath.Join(h.Dir, "ban-thao") }

// SavedDir is where files of a practice office are saved first.
func SavedDir(h office.Home) string { return filepath.Join(h.Dir, "da-luu") }

// folder holds what belongs to the axis and the neighbours, not to the office.
func folder(h office.Home) string { return filepath.Join(h.Dir, "thuc-hanh") }

// Prepare sets up a practice office in a home, once: a home that has one is
// left as it is. Settings are written last, so that a preparation that was
// cut short is made again.
func Prepare(h office.Home, now time.Time) error {
	if h.Exists() {
		o, err := office.Load(h)
		if err == nil && !o.Practice {
			return fmt.Errorf("prepare practice office: %w", ErrRealOffice)
		}
		return err
	}
	if err := h.Make(); err != nil {
		return err
	}
	if err := os.MkdirAll(folder(h), 0o700); err != nil {
		return fmt.Errorf("prepare practice office: %w", err)
	}
	err := together(
		func() error { return makeKeys(h, now) },
		func() error { return makePictures(h) },
		func() error { return makeDrafts(h, now.Year()) },
		func() error { return makeSecrets(h) },
	)
	if err != nil {
		return fmt.Errorf("prepare practice office: %w", err)
	}
	return office.Save(h, settings())
}

// ErrRealOffice: the home holds an office that is not a practice office. The
// demo never opens it.
var ErrRealOffice = errors.New("home of a real office")

// together runs the parts at the same time and gives the first error.
func together(parts ...func() error) error {
	var all sync.WaitGroup
	errs := make([]error, len(parts))
	for i, part := range parts {
		all.Go(func() { errs[i] = part() })
	}
	all.Wait()
	return errors.Join(errs...)
}

// makeKeys makes the certificate authority, trusts it, and issues the keys of
// our leader and agency and of each neighbour's.
func makeKeys(h office.Home, now time.Time) error {
	authority, err := ca.Make(folder(h), ca.Options{Clock: func() time.Time { return now }})
	if err != nil {
		return err
	}
	if err := authority.WriteRoot(filepath.Join(h.TrustDir(), "thuc-hanh.pem")); err != nil {
		return err
	}
	leader := settings().Leaders[0].Name
	subjects := map[string]ca.Subject{
		filepath.Join(h.KeysDir(), leaderKey): {Name: leader, Organization: ourName},
		filepath.Join(h.KeysDir(), agencyKey): {Name: ourName, Organization: provinceName, Agency: true},
	}
	for _, b := range bodies() {
		leader, agency := b.keyFiles(h)
		subjects[leader] = ca.Subject{Name: b.people.Name, Organization: b.agency.Name, Elliptic: true}
		subjects[agency] = ca.Subject{Name: b.agency.Name, Organization: provinceName, Agency: true, Elliptic: true}
	}
	var parts []func() error
	for path, s := range subjects {
		parts = append(parts, func() error { return authority.Issue(s, path, []byte(PIN)) })
	}
	return together(parts...)
}

// keyFiles are the key of a neighbour's leader and that of the neighbour.
func (b body) keyFiles(h office.Home) (leader, agency string) {
	at := func(end string) string { return filepath.Join(folder(h), string(b.agency.Code)+end) }
	return at(".nguoi-ky.p12"), at(".co-quan.p12")
}

func makePictures(h office.Home) error {
	signature, err := signaturePicture(settings().Leaders[0].Name)
	if err != nil {
		return err
	}
	seal, err := sealPicture(ourPlace)
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(h.KeysDir(), leaderImage), signature, 0o600),
		os.WriteFile(filepath.Join(h.KeysDir(), sealImage), seal, 0o600))
}

func makeDrafts(h office.Home, year int) error {
	if err := os.MkdirAll(DraftsDir(h), 0o700); err != nil {
		return err
	}
	for _, d := range drafts(year) {
		var pdf bytes.Buffer
		if err := form.Write(&pdf, d.form); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(DraftsDir(h), d.file), pdf.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// makeSecrets makes each system's secret of the axis.
func makeSecrets(h office.Home) error {
	paths := []string{h.SecretFile()}
	for _, b := range bodies() {
		paths = append(paths, b.secretFile(h))
	}
	for _, path := range paths {
		if err := os.WriteFile(path, []byte(newSecret()+"\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (b body) secretFile(h office.Home) string {
	return filepath.Join(folder(h), string(b.agency.Code)+".secret")
}

func newSecret() string {
	var b [24]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
