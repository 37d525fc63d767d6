package document

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxName is the longest cleaned file name in bytes: it leaves room for a
// number and a folder below the 255 of common file systems.
const maxName = 120

// CleanName makes a safe file name of an untrusted one: the last path element
// only, without control, bidirectional and reserved characters, never a name
// Windows keeps for a device, at most 120 bytes, Vietnamese letters and the
// extension kept. A name of which nothing is left becomes "tep".
func CleanName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, "_"))
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(nameRune, name)
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " .")
	ext := path.Ext(name)
	if len(ext) > 12 {
		ext = ""
	}
	stem := strings.TrimRight(shorten(strings.TrimSuffix(name, ext), maxName-len(ext)), " .")
	if stem == "" {
		stem = "tep"
	}
	if reservedName(stem) {
		stem = "_" + stem
	}
	return stem + ext
}

func nameRune(r rune) rune {
	switch {
	case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs):
		return -1
	case strings.ContainsRune(`<>:"|?*`, r), r == utf8.RuneError:
		return '_'
	case unicode.IsSpace(r):
		return ' '
	}
	return r
}

func shorten(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

func reservedName(stem string) bool {
	base, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	switch strings.TrimSpace(base) {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "COM") || strings.HasPrefix(base, "LPT")) && base[3] >= '0' && base[3] <= '9'
}
