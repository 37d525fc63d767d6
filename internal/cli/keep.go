package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"vanthu/internal/document"
	"vanthu/store"
)

type checkVerb struct{ inOffice }

// fault is one difference found by check.
type fault struct {
	Where string `json:"where"`
	What  string `json:"what"`
}

// checked is the answer of check.
type checked struct {
	Clean  bool    `json:"clean"`
	Faults []fault `json:"faults"`
}

// errFaults: the store disagrees with itself.
var errFaults = errors.New("store check found faults")

// Run proves the store against itself; the exit code says whether it is clean.
func (v *checkVerb) Run(c *call) error {
	return c.inOffice(func(w *workplace) error {
		found, err := w.store.Check()
		if err != nil {
			return err
		}
		answer := checked{Clean: len(found) == 0, Faults: []fault{}}
		for _, f := range found {
			answer.Faults = append(answer.Faults, fault(f))
		}
		err = c.say(answer, func(out io.Writer) {
			for _, f := range answer.Faults {
				fmt.Fprintf(out, "%s: %s\n", f.Where, f.What)
			}
			if answer.Clean {
				fmt.Fprintln(out, "Dữ liệu nguyên vẹn.")
			}
		})
		if err != nil || answer.Clean {
			return err
		}
		first := answer.Faults[0]
		return document.Refuse(errFaults, fmt.Sprintf("Dữ liệu có %d chỗ sai, chỗ đầu tiên ở %s: %s.", len(answer.Faults), first.Where, first.What),
			"Đừng làm tiếp trên thư mục này; dùng bản sao lưu gần nhất và báo người quản trị.")
	})
}

type backupVerb struct {
	inOffice
	File string `arg:"" help:"Tệp sao lưu; chưa được có."`
}

// backedUp is the answer of backup.
type backedUp struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// Run writes the backup under a temporary name first: a file that has its
// name is whole.
func (v *backupVerb) Run(c *call) error {
	path := c.path(v.File)
	if _, err := os.Lstat(path); err == nil {
		return badUsage("đã có tệp %s; chọn tên khác", path)
	}
	return c.inOffice(func(w *workplace) error {
		size, err := writeBackup(w.store, path)
		if err != nil {
			return err
		}
		return c.sayf(backedUp{path, size}, "Đã sao lưu vào %s (%d byte).", path, size)
	})
}

func writeBackup(s *store.Store, path string) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".vanthu-backup-*")
	if err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	defer os.Remove(f.Name()) // gone already when all went well
	if err = s.Backup(f); err == nil {
		size, err = f.Seek(0, io.SeekCurrent)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, fmt.Errorf("backup: %w", err)
	}
	return size, nil
}

type restoreVerb struct {
	File string `arg:"" help:"Tệp sao lưu."`
}

// restored is the answer of restore.
type restored struct {
	Home string `json:"home"`
}

// Run unpacks a backup into a home without a store; settings, keys and roots
// are not in it and are put beside it by hand.
func (v *restoreVerb) Run(c *call) error {
	f, err := c.openFile(v.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := c.home.Make(); err != nil {
		return err
	}
	err = store.Restore(c.home.StoreDir(), f)
	if errors.Is(err, store.ErrDamaged) { // the backup is, not the home
		return document.Refuse(err, "Tệp "+v.File+" hỏng hoặc không phải bản sao lưu của vanthu.", "Chưa phục hồi gì; chọn bản sao lưu khác.")
	}
	if err != nil {
		return err
	}
	next := ""
	if !c.home.Exists() {
		next = " Chép thêm vanthu.toml, axis.secret và thư mục trust rồi chạy `vanthu check`."
	}
	return c.sayf(restored{c.home.Dir}, "Đã phục hồi vào %s.%s", c.home.Dir, next)
}
