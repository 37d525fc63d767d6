package outbox

import (
	"fmt"
	"strings"
	"sync"

	"vanthu/store"
)

// maxTexts bounds the remembered texts, in bytes: some 20,000 documents. What
// does not fit is read from the store each time.
const maxTexts = 8 << 20

// texts remembers the folded text of documents, so that a list filtered letter
// by letter does not decode every record again. The store stays the truth:
// acts forget what they change, and what was read before an act is not
// remembered after it.
type texts struct {
	mu    sync.Mutex
	acts  int // forgettings so far
	size  int
	known map[string]string
}

func (t *texts) get(id string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	text, ok := t.known[id]
	return text, ok
}

// now is the moment a reader begins; put wants it back.
func (t *texts) now() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.acts
}

func (t *texts) put(moment int, id, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.known[id]; known || moment != t.acts || t.size+len(text) > maxTexts {
		return
	}
	if t.known == nil {
		t.known = map[string]string{}
	}
	t.known[id] = text
	t.size += len(text)
}

func (t *texts) forget(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.acts++
	t.size -= len(t.known[id])
	delete(t.known, id)
}

// search reads the documents that hold all words; nil is one that does not.
type search struct {
	desk   *Desk
	words  []string
	moment int
}

func (d *Desk) search(text string) search {
	return search{desk: d, words: strings.Fields(d.fold(text)), moment: d.texts.now()}
}

func (s search) read(tx *store.Tx, id string) (*Document, error) {
	if text, ok := s.desk.texts.get(id); ok && !s.in(text) {
		return nil, nil
	}
	var doc Document
	if err := tx.Get(id, &doc); err != nil {
		return nil, fmt.Errorf("outgoing %s: %w", id, err)
	}
	if len(s.words) == 0 {
		return &doc, nil
	}
	text := s.desk.text(doc)
	s.desk.texts.put(s.moment, id, text)
	if !s.in(text) {
		return nil, nil
	}
	return &doc, nil
}

func (s search) in(text string) bool {
	for _, w := range s.words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// text is what a document is found by: subject, type, reference, signer,
// recipients, places.
func (d *Desk) text(doc Document) string {
	r := doc.Draft
	texts := []string{r.Subject, r.TypeName, doc.Code.String(), r.Signer.Name}
	for _, a := range r.Recipients {
		texts = append(texts, a.Name, string(a.Code))
	}
	return d.fold(strings.Join(append(texts, r.ToPlaces...), "\n"))
}
