package document

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// ErrSecret is the class of everything refused because it is marked as a state
// secret. Secrets travel only on their own system, on a machine joined to no
// network (Law 117/2025/QH15, Decree 63/2026/NĐ-CP); nothing of them is kept.
var ErrSecret = errors.New("state secret")

// A secrecy mark is known by how it stands on a document: on a line or between
// brackets of its own, set off by a dash or a colon, letter-spaced as on a stamp,
// or after "độ mật". Running text that speaks about secrecy ("bảo mật", "mật độ",
// "bảo vệ bí mật nhà nước") is no mark.
var (
	markAlone    = regexp.MustCompile(`^[\s\[({"“-]*(TUYỆT MẬT|TỐI MẬT|MẬT)[\s\])}"”.:-]*$`)
	markLeading  = regexp.MustCompile(`^\s*(?:[\[(]\s*(TUYỆT MẬT|TỐI MẬT|MẬT)\s*[\])]|(TUYỆT MẬT|TỐI MẬT|MẬT)(?:\s*:|\s+[-–—]\s))`)
	markTrailing = regexp.MustCompile(`(?:[\[(]\s*(TUYỆT MẬT|TỐI MẬT|MẬT)\s*[\])]|\s[-–—]\s*(TUYỆT MẬT|TỐI MẬT|MẬT))\s*\.?\s*$`)
	markLevel    = regexp.MustCompile(`(?:ĐỘ|MỨC ĐỘ|DẤU CHỈ ĐỘ)\s+MẬT\s*[:：]?\s*(TUYỆT MẬT|TỐI MẬT|MẬT|[ABC])\b`)
	markCapital  = regexp.MustCompile(`(?:^|[\s\[(])(TUYỆT MẬT|TỐI MẬT)(?:$|[\s\]).,:;])`)
	fileEnding   = regexp.MustCompile(`\.[\p{L}\p{N}]{1,5}$`)
)

// SecretMark finds a secrecy mark in texts: MẬT, TỐI MẬT or TUYỆT MẬT used as a
// mark. It returns the mark in the law's words.
func SecretMark(texts ...string) (mark string, found bool) {
	for _, text := range texts {
		for line := range strings.Lines(norm.NFKC.String(text)) {
			line = closeUp(strings.Fields(line))
			for _, form := range []string{line, fileEnding.ReplaceAllString(line, "")} {
				if m := lineMark(form); m != "" {
					return m, true
				}
			}
		}
	}
	return "", false
}

// closeUp joins the words of a line; one set in spaced letters, as stamps are,
// becomes words again.
func closeUp(words []string) string {
	for _, w := range words {
		if utf8.RuneCountInString(w) > 1 {
			return strings.Join(words, " ")
		}
	}
	letters := strings.Join(words, "")
	for _, first := range []string{"TUYỆT", "TỐI"} {
		if strings.EqualFold(letters, first+"MẬT") {
			return first + " MẬT"
		}
	}
	return letters
}

func lineMark(line string) string {
	upper := strings.ToUpper(line)
	for _, shape := range []*regexp.Regexp{markAlone, markLeading, markTrailing, markLevel} {
		if m := shape.FindStringSubmatch(upper); m != nil {
			return markName(strings.Join(m[1:], "")) // one alternative has matched
		}
	}
	// Capitals inside a mixed line are a stamp; a heading all in capitals may
	// be about secrecy ("QUY CHẾ BẢO VỆ TÀI LIỆU MẬT") and is left to the clerk.
	if line != upper {
		if m := markCapital.FindStringSubmatch(line); m != nil {
			return markName(m[1])
		}
	}
	return ""
}

func markName(m string) string {
	switch m {
	case "A", "TUYỆT MẬT":
		return "Tuyệt mật"
	case "B", "TỐI MẬT":
		return "Tối mật"
	}
	return "Mật"
}

// RefuseSecret says that a document bears a mark and what the clerk does now.
func RefuseSecret(mark string) error {
	return Refuse(ErrSecret,
		"Văn bản có dấu độ mật “"+mark+"”: không được soạn, nhận, lưu hay gửi bằng phần mềm này.",
		"Dừng lại, không sao chép thêm; chuyển sang quy trình văn bản mật trên giấy hoặc hệ thống bí mật nhà nước riêng (Luật 117/2025/QH15, Nghị định 63/2026/NĐ-CP).")
}
