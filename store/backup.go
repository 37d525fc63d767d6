package store

import "io"

// Backup writes the store to w.
func (s *Store) Backup(w io.Writer) error { return nil }
