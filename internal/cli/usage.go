package cli

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/alecthomas/kong"
)

// usageError is a command line that cannot be meant; the text is Vietnamese.
type usageError struct {
	what string
	verb string // the verb it concerns, for the hint; may be empty
}

func (e *usageError) Error() string { return e.what }

// badUsage is a usageError found by a verb itself.
func badUsage(format string, a ...any) error { return &usageError{what: fmt.Sprintf(format, a...)} }

// wordings turns kong's English into the clerk's words. The first pattern
// that matches wins; what matches none is shown as it is.
var wordings = []struct {
	english *regexp.Regexp
	words   string
}{
	{regexp.MustCompile(`^unknown flag (\S+?), did you mean (.*)\?$`), "không có tùy chọn $1; có phải ý là $2?"},
	{regexp.MustCompile(`^unknown flag (\S+)$`), "không có tùy chọn $1"},
	{regexp.MustCompile(`^unexpected argument (.+), did you mean (.*)\?$`), "không hiểu $1; có phải ý là $2?"},
	{regexp.MustCompile(`^unexpected argument (.+)$`), "không hiểu hoặc thừa: $1"},
	{regexp.MustCompile(`^missing flags: (.+)$`), "thiếu tùy chọn $1"},
	{regexp.MustCompile(`^expected one of (.+)$`), "thiếu việc cần làm: một trong $1"},
	{regexp.MustCompile(`^expected (".+?")$`), "thiếu $1"},
	{regexp.MustCompile(`^missing positional arguments (.+)$`), "thiếu $1"},
	{regexp.MustCompile(`^(.+) must be one of (.+) but got (.+)$`), "$1 phải là một trong $2, không phải $3"},
	{regexp.MustCompile(`^(.+): expected .* value but got "EOL".*$`), "$1: thiếu giá trị"},
	{regexp.MustCompile(`^(.+): expected .* value but got (".*?") \(short flag\).*$`), "$1: không nhận giá trị $2"},
	{regexp.MustCompile(`^(.+): missing value.*$`), "$1: thiếu giá trị"},
	{regexp.MustCompile(`^(.+): expected a valid .* int but got (.+)$`), "$1: phải là một số, không phải $2"},
	{regexp.MustCompile(`^(.+) can't be used together$`), "không dùng cùng lúc $1"},
}

// misuse makes a usageError of what kong found.
func misuse(err error) error {
	if errors.Is(err, errHelped) {
		return errHelped
	}
	var p *kong.ParseError
	if !errors.As(err, &p) {
		return err
	}
	u := &usageError{what: err.Error()}
	for _, w := range wordings {
		if w.english.MatchString(u.what) {
			u.what = w.english.ReplaceAllString(u.what, w.words)
			break
		}
	}
	if p.Context != nil {
		if n := p.Context.Selected(); n != nil {
			u.verb = n.Path()
		}
	}
	return u
}
