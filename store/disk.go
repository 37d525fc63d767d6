package store

import (
	"errors"
	"strings"
)

// diskFull tells whether err says that there is no room. bbolt keeps only the text
// of the error when it cannot make its file grow, so the text counts as well.
func diskFull(err error) bool {
	for _, full := range fullErrors() {
		if errors.Is(err, full) || strings.HasSuffix(err.Error(), ": "+full.Error()) {
			return true
		}
	}
	return false
}
