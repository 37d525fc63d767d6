package store

import "fmt"

// SetValue keeps a small technical value (JSON) under key.
func (tx *Tx) SetValue(key string, v any) error {
	if err := checkName("key", key, maxKey); err != nil {
		return err
	}
	return tx.putJSON(bucketValues, []byte(key), v)
}

// Value reads what SetValue kept into v. ErrNotFound.
func (tx *Tx) Value(key string, v any) error {
	if err := checkName("key", key, maxKey); err != nil {
		return err
	}
	if err := tx.getJSON(bucketValues, []byte(key), v); err != nil {
		return fmt.Errorf("value %s: %w", key, err)
	}
	return nil
}
