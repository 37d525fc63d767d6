package signer

import (
	"debug/elf"
	"os"
	"path/filepath"
	"runtime"
)

// modulePatterns are the places where the drivers of Vietnamese public-service
// and public CA tokens are installed on Linux (signing.md §5). Several makers
// share chips, so both the chip's own library and the CA's renamed copy are
// listed. An office adds others in its settings.
func modulePatterns() []string {
	names := []string{
		// VGCA: SafeNet and Bit4id
		"libeToken.so", "libeTPkcs11.so", "libIDPrimePKCS11.so", "libbit4xpki.so", "bit4id/libbit4xpki.so",
		// chips
		"libcastle.so.1.0.0", "libcastle_v2.so", "libwdpkcs.so", "libst3csp11.so", "libostc1_csp11.so",
		// CAs
		"viettel-ca_v*.so", "vnptca_p11_v*.so", "vnpt-ca_csp11.so", "fptca_v*.so", "fca_v*.so", "BkavCA*.so",
		"nca_v*.so", "CA2_csp11.so", "ncca_csp11_v*.so", "ica_csp11_v*.so", "Vina-CAv*.so",
		// smart cards in general, and the soft token of practice
		"opensc-pkcs11.so", "softhsm/libsofthsm2.so",
	}
	folders := []string{
		"/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt",
		"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
	}
	var patterns []string
	for _, folder := range folders {
		for _, name := range names {
			patterns = append(patterns, filepath.Join(folder, name))
		}
	}
	return patterns
}

// FindModules looks in the well-known places for PKCS#11 libraries that this
// program can load: an ELF library of this machine's kind. Nothing is loaded.
func FindModules() []string { return findModules(modulePatterns()) }

func findModules(patterns []string) []string {
	var found []string
	seen := map[string]bool{}
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			continue // a bad pattern finds nothing
		}
		for _, path := range paths {
			real, err := filepath.EvalSymlinks(path)
			if err != nil || seen[real] || !loadable(real) {
				continue
			}
			seen[real] = true
			found = append(found, path)
		}
	}
	return found
}

// loadable reports whether a file is a shared library of this machine's kind:
// 32-bit drivers are common and only give a riddle when loaded.
func loadable(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := elf.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64, "386": elf.EM_386}
	return f.Type == elf.ET_DYN && f.Machine == machines[runtime.GOARCH]
}
