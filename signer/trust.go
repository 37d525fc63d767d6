package signer

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"vanthu/internal/document"
)

// ErrTrust: a file of the trust folder cannot be used.
var ErrTrust = errors.New("unusable trusted certificate")

// maxTrustFile bounds one file of the trust folder.
const maxTrustFile = 4 << 20

// LoadTrust reads the certificates that the office trusts from a folder: files
// named .pem, .crt, .cer or .der, in PEM (several in one file) or DER. Other
// files are passed over; a folder that is not there trusts nobody. A file that
// cannot be read, or holds a certificate that is not an authority's, is an
// error naming it: a stray personal certificate would vouch for itself.
func LoadTrust(dir string) (roots []*x509.Certificate, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load trusted certificates: %w", err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() || !trustName(e.Name()) {
			continue
		}
		certs, err := loadTrustFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, document.Refuse(fmt.Errorf("%w: %s: %w", ErrTrust, e.Name(), err),
				fmt.Sprintf("Không dùng được chứng thư tin cậy trong tệp %q.", document.CleanName(e.Name())),
				"Chép lại đúng tệp chứng thư của tổ chức cấp, hoặc bỏ tệp đó khỏi thư mục chứng thư tin cậy.")
		}
		for _, c := range certs {
			if !seen[string(c.Raw)] {
				seen[string(c.Raw)] = true
				roots = append(roots, c)
			}
		}
	}
	return roots, nil
}

// trustName tells certificate files by their ending.
func trustName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".pem", ".crt", ".cer", ".der":
		return !strings.HasPrefix(name, ".")
	}
	return false
}

// loadTrustFile reads the certificates of one file.
func loadTrustFile(path string) ([]*x509.Certificate, error) {
	data, err := readSmall(path, maxTrustFile)
	if err != nil {
		return nil, err
	}
	ders, err := certificateBlocks(data)
	if err != nil {
		return nil, err
	}
	certs := make([]*x509.Certificate, 0, len(ders))
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		if !c.IsCA {
			return nil, fmt.Errorf("%s is not a certificate authority", c.Subject.CommonName)
		}
		certs = append(certs, c)
	}
	return certs, nil
}

// certificateBlocks splits PEM, or takes the data as one DER certificate.
func certificateBlocks(data []byte) ([][]byte, error) {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		return [][]byte{data}, nil
	}
	var ders [][]byte
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			ders = append(ders, block.Bytes)
		}
	}
	if len(ders) == 0 {
		return nil, errors.New("no certificate in the file")
	}
	return ders, nil
}
