package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Act says who does what; it becomes the journal entry of an Update.
type Act struct {
	Who    string // person or "system"
	What   string // verb in English: "register"
	Record string // key of the record, "" when none or named later by About
	Detail string // free text, cut after 2000 bytes; never a PIN or a secret
}

type mode int

const (
	reading mode = iota
	maintaining
	acting
)

// Tx is a transaction. It sees the store as it was at its beginning plus its own
// writes, and is valid only until its function returns.
type Tx struct {
	s       *Store
	b       *bolt.Tx
	mode    mode
	act     Act
	now     time.Time
	changes int             // writes so far; iterators find their place again when it moves
	jobs    map[string]*Job // what this transaction does to jobs
	err     error           // a write that may be half done: the commit is refused
}

// View runs fn on the store as it is now. It does not wait for writers.
func (s *Store) View(fn func(*Tx) error) error {
	return s.run(&Tx{mode: reading}, fn)
}

// Update runs fn as one act: what fn writes and one journal entry become durable
// together, or nothing does. ErrFull: no room, nothing written, try again later.
func (s *Store) Update(a Act, fn func(*Tx) error) error {
	if err := checkName("act", a.What, maxName); err != nil {
		return err
	}
	s.write.Lock()
	defer s.write.Unlock()
	return s.run(&Tx{mode: acting, act: a}, fn)
}

// Maintain runs fn like Update but without a journal entry, for technical state
// such as attempts of jobs and caches. Register lines are refused in it.
func (s *Store) Maintain(fn func(*Tx) error) error {
	s.write.Lock()
	defer s.write.Unlock()
	return s.run(&Tx{mode: maintaining}, fn)
}

// run begins, calls fn, and commits or rolls back; a panic of fn passes through
// after the rollback.
func (s *Store) run(tx *Tx, fn func(*Tx) error) error {
	if err := s.failure(); err != nil {
		return err
	}
	if err := s.begin(tx); err != nil {
		return err
	}
	defer s.rollback(tx)
	if err := fn(tx); err != nil {
		return err
	}
	if tx.err != nil {
		return tx.err
	}
	if tx.mode == reading {
		return nil
	}
	return s.commit(tx)
}

func (s *Store) begin(tx *Tx) error {
	tx.s, tx.now = s, s.clock()
	err := guard(func() (err error) {
		tx.b, err = s.db.Begin(tx.mode != reading)
		return err
	})
	if errors.Is(err, ErrDamaged) {
		s.fail(err)
	}
	return err
}

func (s *Store) commit(tx *Tx) error {
	if tx.mode == acting {
		if err := tx.writeJournal(); err != nil {
			return err
		}
	}
	b := tx.b
	err := guard(b.Commit)
	tx.b = nil
	if err == nil {
		s.watch.signal(tx.jobs)
		return nil
	}
	if !errors.Is(err, ErrFull) { // a failed sync leaves open what is on the disk: only opening anew tells
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
		s.fail(err)
	}
	return fmt.Errorf("commit: %w", err)
}

func (s *Store) rollback(tx *Tx) {
	if tx.b == nil {
		return
	}
	b := tx.b
	tx.b = nil
	if err := guard(b.Rollback); errors.Is(err, ErrDamaged) {
		s.fail(err)
	}
}

// About names the record of the act when it is only known inside. It is the
// record whose JournalOf shows the entry.
func (tx *Tx) About(record string) { tx.act.Record = record }

// Now is the time of the transaction by the store's clock.
func (tx *Tx) Now() time.Time { return tx.now }

// Who is the person of the act, "" outside Update.
func (tx *Tx) Who() string { return tx.act.Who }

// may tells whether the transaction is alive and allowed at least m.
func (tx *Tx) may(m mode) error {
	switch {
	case tx.b == nil:
		return ErrClosed
	case tx.mode < m:
		return ErrReadOnly
	}
	return nil
}

// get reads and checks one value; the payload is a copy. ErrNotFound.
func (tx *Tx) get(name string, key []byte) (payload []byte, err error) {
	if err := tx.may(reading); err != nil {
		return nil, err
	}
	err = guard(func() error {
		b, err := bucket(tx.b, name)
		if err != nil {
			return err
		}
		value := b.Get(key)
		if value == nil {
			return ErrNotFound
		}
		payload, err = unseal(name, key, value)
		payload = bytes.Clone(payload)
		return err
	})
	return payload, err
}

// put seals and writes one value.
func (tx *Tx) put(name string, key, payload []byte) error {
	return tx.writing(name, func(b *bolt.Bucket) error { return b.Put(key, seal(name, key, payload)) })
}

func (tx *Tx) remove(name string, key []byte) error {
	return tx.writing(name, func(b *bolt.Bucket) error { return b.Delete(key) })
}

// writing runs one write. When it goes wrong the act may be half done, so the
// commit is refused even if the caller passes over the error.
func (tx *Tx) writing(name string, write func(*bolt.Bucket) error) error {
	if err := tx.may(maintaining); err != nil {
		return err
	}
	tx.changes++
	err := guard(func() error {
		b, err := bucket(tx.b, name)
		if err != nil {
			return err
		}
		b.FillPercent = fillPercent
		return write(b)
	})
	if err != nil && tx.err == nil {
		tx.err = err
	}
	return err
}

func (tx *Tx) getJSON(name string, key []byte, v any) error {
	payload, err := tx.get(name, key)
	if err != nil {
		return err
	}
	return decode(payload, v)
}

func (tx *Tx) putJSON(name string, key []byte, v any) error {
	payload, err := json.Marshal(v)
	if err != nil {
		return invalid("%v", err)
	}
	return tx.put(name, key, payload)
}

func decode(payload []byte, v any) error {
	if err := json.Unmarshal(payload, v); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}
