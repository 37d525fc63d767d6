package ui

import (
	"strconv"

	"vanthu/inbox"
	"vanthu/outbox"
	"vanthu/store"
)

// voided is what column (10) says of a number that was given up.
func voided(v *store.Void) string {
	if v == nil {
		return ""
	}
	return "HỦY SỐ: " + v.Reason + " (" + v.Who + ", " + moment(v.At) + ")"
}

// incomingLine is one line of the incoming register in the order of books.columns.
func incomingLine(r inbox.Row) []string {
	return []string{strconv.Itoa(r.ArrivalNumber), r.ArrivalDate.String(), clean(r.Issuer), clean(r.Reference), r.Date.String(),
		clean(r.Subject), clean(r.Receiver), r.HandedOver.String(), clean(r.Receipt), joined(r.Note, voided(r.Void))}
}

// outgoingLine is one line of the outgoing register in the order of books.columns.
func outgoingLine(r outbox.Row) []string {
	return []string{clean(r.Reference), r.Date.String(), clean(r.Subject), clean(r.Signer), clean(r.Recipients), clean(r.KeptBy),
		copiesText(r.Copies), r.Dispatched.String(), clean(r.Receipt), joined(r.Note, voided(r.Void))}
}
