package inbox

import (
	"fmt"

	"vanthu/internal/document"
	"vanthu/internal/savefile"
)

// Export copies a file of a document (counted from 0) into a folder under a
// safe name and returns its path. It never overwrites: a taken name gets
// " (2)", " (3)" and so on.
func (d *Desk) Export(id string, file int, dir string) (string, error) {
	doc, err := d.Get(id)
	if err != nil {
		return "", err
	}
	if file < 0 || file >= len(doc.Files) {
		return "", fmt.Errorf("export incoming %s: %w", id, errNoFile(file))
	}
	path, err := d.export(doc.Files[file], dir)
	if err != nil {
		return "", fmt.Errorf("export incoming %s: %w", id, err)
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
