package courier

import (
	"errors"
	"fmt"
	"time"

	"vanthu/store"
)

// Retry lets a held or delayed job run again at once, with all its tries, and
// what stands before it in its record. store.ErrNotFound when it is gone.
func (c *Courier) Retry(id string) error {
	err := c.o.Store.Maintain(func(tx *store.Tx) error {
		j, err := tx.Job(id)
		if err != nil {
			return err
		}
		if err := advance(tx, j); err != nil {
			return err
		}
		j.State, j.Attempts, j.NextTry, j.Class, j.Reason = store.Waiting, 0, time.Time{}, "", ""
		return tx.SaveJob(j)
	})
	if err != nil {
		return fmt.Errorf("retry: %w", err)
	}
	c.Wake()
	return nil
}

// advance lets what stands before a job in its record run at once too, or the job
// would wait for it.
func advance(tx *store.Tx, j store.Job) error {
	if j.Record == "" {
		return nil
	}
	return hasten(tx, func(other store.Job) bool {
		return other.Record == j.Record && queuedBefore(other, j) < 0 && waitsForTime(other)
	})
}

// waitsForRoom tells whether a job waits for room on the disk: whoever asks for a
// round has made some, or will be told again.
func waitsForRoom(j store.Job) bool {
	return j.State == store.Waiting && j.Class == Class(ErrFull)
}

// waitsForTime tells whether a job is to be tried again later.
func waitsForTime(j store.Job) bool { return j.State == store.Waiting && !j.NextTry.IsZero() }

// hasten makes the jobs that match due now.
func (c *Courier) hasten(match func(store.Job) bool) error {
	any := false
	err := c.o.Store.View(func(tx *store.Tx) error { // most of the time there are none, and nothing is written
		for j, err := range tx.Jobs() {
			if err != nil {
				return err
			}
			if any = any || match(j); any {
				return nil
			}
		}
		return nil
	})
	if err != nil || !any {
		return err
	}
	err = c.o.Store.Maintain(func(tx *store.Tx) error { return hasten(tx, match) })
	if errors.Is(err, store.ErrFull) { // no room yet: they wait on
		return nil
	}
	return err
}

func hasten(tx *store.Tx, match func(store.Job) bool) error {
	var list []store.Job
	for j, err := range tx.Jobs() {
		if err != nil {
			return err
		}
		if match(j) {
			list = append(list, j)
		}
	}
	for _, j := range list {
		j.NextTry = time.Time{}
		if err := tx.SaveJob(j); err != nil {
			return err
		}
	}
	return nil
}
