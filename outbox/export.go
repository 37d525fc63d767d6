package outbox

import (
	"fmt"

	"vanthu/internal/document"
	"vanthu/internal/savefile"
)

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
	return savefile.Write(dir, document.CleanName(file.Name), in)
}
