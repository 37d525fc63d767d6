package outbox

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"vanthu/internal/document"
)

// maxCopies bounds the numbers tried for a free file name.
const maxCopies = 1000

// Export copies a file of a document into a folder under a safe name and
// returns its path: 0 is the document's own PDF, 1 the first attachment. It
// never overwrites: a taken name gets " (2)", " (3)" and so on.
func (d *Desk) Export(id string, file int, dir string) (string, error) {
	doc, err := d.Get(id)
	if err != nil {
		return "", err
	}
	files := append([]File{d.mainFile(doc)}, doc.Attachments...)
	if file < 0 || file >= len(files) {
		return "", fmt.Errorf("export outgoing %s: %w", id, document.Refuse(ErrNoFile,
			fmt.Sprintf("Văn bản không có tệp thứ %d.", file+1), "Chọn một tệp trong danh sách tệp của văn bản."))
	}
	path, err := d.export(files[file], dir)
	if err != nil {
		return "", fmt.Errorf("export outgoing %s: %w", id, err)
	}
	return path, nil
}

func (d *Desk) export(file File, dir string) (string, error) {
	in, err := d.Store.OpenBlob(file.Hash)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := createFree(dir, document.CleanName(file.Name))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return "", errors.Join(err, os.Remove(out.Name()))
	}
	return out.Name(), nil
}

// createFree creates the first free one of "name.pdf", "name (2).pdf", …
func createFree(dir, name string) (*os.File, error) {
	ext := filepath.Ext(name)
	stem := strings.TrimSuffix(name, ext)
	for n := 1; n <= maxCopies; n++ {
		if n > 1 {
			name = fmt.Sprintf("%s (%d)%s", stem, n, ext)
		}
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: %w", name, fs.ErrExist)
}
