package practice

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"vanthu/internal/document"
)

// memory is what a neighbour must not forget between two starts: one small
// file, replaced whole at every change.
type memory struct {
	path string

	mu  sync.Mutex
	now remembered
}

// remembered is the content of the file.
type remembered struct {
	Year    int       `json:"year"`
	Number  int       `json:"number"`  // last number given this year
	Letters int       `json:"letters"` // letters written so far
	Next    time.Time `json:"next"`    // not before then another letter
	Taken   int       `json:"taken"`   // documents received so far
	Known   []string  `json:"known"`   // the last copies taken, against taking one twice
	Owed    []debt    `json:"owed"`    // reports still to be sent
}

// debt is a document the neighbour still has to report on.
type debt struct {
	As      document.Code `json:"as"`
	For     document.Ref  `json:"for"`
	Arrival int           `json:"arrival"` // the neighbour's own arrival number
	Step    int           `json:"step"`    // next of steps
	Refuse  bool          `json:"refuse"`
	At      time.Time     `json:"at"`
}

// maxKnown is how many copies are kept against taking one twice.
const maxKnown = 200

// recall reads a neighbour's memory; one that does not exist yet is empty.
func recall(path string) (*memory, error) {
	m := &memory{path: path}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &m.now)
	}
	if err != nil {
		return nil, fmt.Errorf("neighbour's memory: %w", err)
	}
	return m, nil
}

// change remembers something, on disk before it returns.
func (m *memory) change(edit func(*remembered)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	next := m.now
	next.Known, next.Owed = slices.Clone(next.Known), slices.Clone(next.Owed)
	edit(&next)
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := os.WriteFile(m.path+".new", data, 0o600); err != nil {
		return fmt.Errorf("neighbour's memory: %w", err)
	}
	if err := os.Rename(m.path+".new", m.path); err != nil {
		return fmt.Errorf("neighbour's memory: %w", err)
	}
	m.now = next
	return nil
}

// due are the reports to be sent now.
func (m *memory) due(now time.Time) []debt {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []debt
	for _, d := range m.now.Owed {
		if !d.At.After(now) {
			list = append(list, d)
		}
	}
	return list
}

func (m *memory) mayWrite(now time.Time) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.now.Next.After(now)
}

// take remembers a document that came, once.
func (r *remembered) take(copyID string, d debt) {
	if slices.Contains(r.Known, copyID) {
		return
	}
	r.Known = append(r.Known, copyID)
	if extra := len(r.Known) - maxKnown; extra > 0 {
		r.Known = r.Known[extra:]
	}
	r.Taken++
	d.Arrival, d.Refuse = r.Taken, r.Taken%refusesEvery == 0
	r.Owed = append(r.Owed, d)
}

// write takes the next number and the next letter of the stock. The pauses
// grow, so that a home left open for a night is not drowned.
func (r *remembered) write(now time.Time, pause time.Duration) (number, letter int) {
	if r.Year != now.Year() {
		r.Year, r.Number = now.Year(), 0
	}
	r.Number++
	letter = r.Letters
	r.Letters++
	r.Next = now.Add(time.Duration(r.Letters) * pause)
	return r.Number, letter
}

// paid moves a debt to its next step, or strikes it out after the last.
func (r *remembered) paid(d debt, now time.Time, p Pace) {
	i := slices.Index(r.Owed, d)
	if i < 0 {
		return
	}
	code, _ := d.next()
	d.Step++
	if code == document.StatusRefused || d.Step >= len(steps()) {
		r.Owed = slices.Delete(r.Owed, i, i+1)
		return
	}
	d.At = now.Add(p.Answer[d.Step])
	r.Owed[i] = d
}

// next is the status to report now and its words.
func (d debt) next() (document.Status, string) {
	code := steps()[d.Step]
	if d.Refuse && d.Step == 1 {
		all := reasons()
		return document.StatusRefused, all[d.Arrival/refusesEvery%len(all)]
	}
	switch code {
	case document.StatusArrived:
		return code, "Văn bản đã đến"
	case document.StatusAccepted:
		return code, fmt.Sprintf("Đã tiếp nhận, số đến %d", d.Arrival)
	case document.StatusAssigned:
		return code, "Đã phân công đơn vị chuyên môn xử lý"
	case document.StatusProcessing:
		return code, "Đơn vị chuyên môn đang xử lý"
	}
	return code, "Đã xử lý xong"
}

// letters is how many letters were written so far.
func (m *memory) letters() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now.Letters
}
