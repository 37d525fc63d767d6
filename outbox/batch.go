package outbox

import (
	"context"
	"errors"

	"vanthu/store"
)

// SignSeen is Sign (EventSign) or Seal (EventSeal) for a document of a batch: it
// must still be what was seen when the batch was reviewed, in everything that is
// signed or written on the page. If not, the error is one that PassedOver knows
// and the key has not been used.
func (d *Desk) SignSeen(ctx context.Context, seen Document, e Event, key Key) (Document, error) {
	sign := d.approving(ctx, key)
	if e == EventSeal {
		sign = d.sealing(ctx, key)
	}
	return d.sign(ctx, seen.ID, e, func(now Document, pdf []byte) ([]byte, SignatureNote, error) {
		if !sameToSign(seen, now) {
			return nil, SignatureNote{}, refuseConflict()
		}
		return sign(now, pdf)
	})
}

// PassedOver tells that a document of a batch was not signed because it is not
// what was reviewed any more: signed, changed or given up elsewhere. That is no
// failure, and the batch goes on.
func PassedOver(err error) bool {
	return errors.Is(err, ErrState) || errors.Is(err, ErrConflict) || errors.Is(err, store.ErrNotFound)
}

// sameToSign tells that a signature on b is the one that was agreed to for a.
func sameToSign(a, b Document) bool {
	return a.File.Hash == b.File.Hash && a.Layout == b.Layout && a.Code == b.Code && a.Date == b.Date &&
		a.Draft.Signer == b.Draft.Signer && a.Draft.TypeName == b.Draft.TypeName && a.Draft.Subject == b.Draft.Subject
}
