package office

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"vanthu/internal/document"
)

// What can be wrong with a home's settings.
var (
	// ErrNoOffice: the home holds no settings file.
	ErrNoOffice = errors.New("no office in this home")
	// ErrConfig: the settings file cannot be used as it is.
	ErrConfig = errors.New("settings file not usable")
)

// maxConfig bounds a settings file; real ones have a few hundred lines.
const maxConfig = 1 << 20

// Load reads and checks the home's settings. Errors are *document.Problem of
// class ErrNoOffice or ErrConfig.
func Load(h Home) (Office, error) {
	f, err := os.Open(h.Config())
	if errors.Is(err, fs.ErrNotExist) {
		return Office{}, document.Refuse(ErrNoOffice,
			fmt.Sprintf("Chưa có cơ quan nào trong thư mục %s", h.Dir),
			"Chạy `vanthu init` để thiết lập, hoặc `vanthu demo` để tập.")
	}
	if err != nil {
		return Office{}, unreadable(h, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return Office{}, unreadable(h, err)
	}
	if len(data) > maxConfig {
		return Office{}, broken(h, "tệp lớn quá 1 MB", "Kiểm tra lại có đúng tệp cấu hình không.")
	}
	o, err := parse(data)
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return Office{}, explain(h, data, err)
	}
	return o, nil
}

// byteOrderMark is what Windows' editors put before a text.
const byteOrderMark = "\uFEFF"

func trimMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte(byteOrderMark)) }

// parse reads a settings file; any key it does not know is an error.
func parse(data []byte) (Office, error) {
	var o Office
	err := toml.NewDecoder(bytes.NewReader(trimMark(data))).DisallowUnknownFields().Decode(&o)
	if err != nil {
		return Office{}, err
	}
	o.Agency.Code, err = document.ParseCode(string(o.Agency.Code))
	if err != nil {
		return Office{}, missing("agency.code", codeAdvice)
	}
	return o, nil
}

// codeAdvice is what to do about an agency code that is none.
const codeAdvice = "Ghi mã định danh của cơ quan, chữ hoa và số, ví dụ \"H01.151\"."

// Save writes the settings so that a crash leaves the old file or the new one.
func Save(h Home, o Office) error {
	if err := Check(h, o); err != nil {
		return err
	}
	data, err := toml.Marshal(o)
	if err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	if err := replaceFile(h.Config(), data); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return nil
}

// replaceFile puts data in place of path by way of a synced temporary file.
func replaceFile(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".vanthu-*.toml") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// explain turns an error of reading or checking into a sentence that names the
// key and, where the file has it, the line. data may be nil.
func explain(h Home, data []byte, err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		first := strict.Errors[0]
		line, _ := first.Position()
		return broken(h, fmt.Sprintf("dòng %d: không có mục cấu hình nào tên là %q", line, strings.Join(first.Key(), ".")),
			"Sửa lại tên mục hoặc xóa dòng đó; danh sách các mục ở docs/format.md.")
	}
	var syntax *toml.DecodeError
	if errors.As(err, &syntax) {
		line, column := syntax.Position()
		if strings.Contains(syntax.Error(), "already") {
			return broken(h, fmt.Sprintf("dòng %d: mục %q ghi hai lần", line, strings.Join(syntax.Key(), ".")), "Xóa một trong hai chỗ.")
		}
		what := fmt.Sprintf("dòng %d, cột %d: không đọc được", line, column)
		if key := strings.Join(syntax.Key(), "."); key != "" {
			what = fmt.Sprintf("dòng %d: giá trị của mục %q không đúng kiểu", line, key)
		}
		return broken(h, what, "Sửa lại dòng đó: chữ phải nằm trong dấu nháy kép, số và true/false thì không.")
	}
	var bad *badKey
	if errors.As(err, &bad) {
		return bad.problem(h, data)
	}
	return broken(h, "không đọc được", "Kiểm tra lại tệp: "+err.Error())
}

// problem names the line of a key that is there, and says so of one that is not.
func (b *badKey) problem(h Home, data []byte) error {
	what := fmt.Sprintf("mục %q thiếu hoặc không dùng được", b.key)
	if line := lineOf(trimMark(data), b.key); line > 0 {
		what = fmt.Sprintf("dòng %d: mục %q không dùng được", line, b.key)
	}
	return broken(h, what, b.next)
}

// broken is a settings file that cannot be used.
func broken(h Home, what, next string) error {
	return document.Refuse(ErrConfig, fmt.Sprintf("Tệp cấu hình %s: %s", h.Config(), what), next)
}

// unreadable is a settings file the system does not let us read.
func unreadable(h Home, err error) error {
	return broken(h, "không mở được: "+err.Error(), "Kiểm tra quyền đọc tệp và ổ đĩa.")
}
