package axis

import (
	"context"
	"strconv"
	"strings"
	"time"

	"vanthu/internal/document"
)

// Received is a packet that waits for one of our agencies. Times are text: their
// form is specified nowhere.
type Received struct {
	DocID            string // of our copy; opaque
	Type             MessageType
	From, To         document.Code
	Created, Updated string
	Status           TransportStatus
	StatusDesc       string
}

// Sent is one recipient's copy of a packet we sent.
type Sent struct {
	SenderDocID            string // as Send returned it
	ReceiverDocID          string
	Type                   MessageType
	Title, Notation        string
	From, To               document.Code
	SentTime, ReceivedTime string
	SendStatus             TransportStatus
	SendDesc               string
	ReceiveStatus          TransportStatus
	ReceiveDesc            string
}

// Filter narrows Sent. An axis may ignore any of it.
type Filter struct {
	Type      MessageType // Edoc when empty
	DocID     string      // as Send returned it
	From, To  time.Time   // days of sending
	Page      int         // from 1; 0 asks for no page
	PageSize  int
	Recipient document.Code
}

// Received lists the packets of a kind that wait for any agency of our system;
// they stay listed until acknowledged. Rows without a docId are left out: they
// cannot be fetched.
func (c *Client) Received(ctx context.Context, t MessageType) ([]Received, error) {
	var list []Received
	err := c.EachReceived(ctx, t, func(r Received) error {
		list = append(list, r)
		return nil
	})
	return list, err
}

// EachReceived hands the rows of Received to f as they arrive. An error of f
// ends the list and comes back as it is; an error of the list comes after the
// rows that were good.
func (c *Client) EachReceived(ctx context.Context, t MessageType, f func(Received) error) error {
	return c.list(ctx, service("getReceivedEdocList", t), func(r row) error {
		if r.get("docId") == "" {
			return nil
		}
		return f(Received{
			DocID: r.get("docId"), Type: messageType(r.get("messageType"), t),
			From: code(r.get("from")), To: code(r.get("to")),
			Created: r.get("created_time"), Updated: r.get("updated_time"),
			Status: transport(r.get("status")), StatusDesc: clean(r.get("status_desc")),
		})
	})
}

// Sent lists what we sent, one row per recipient.
func (c *Client) Sent(ctx context.Context, f Filter) ([]Sent, error) {
	if f.Type == "" {
		f.Type = Edoc
	}
	what := service("getSentEdocList", f.Type).with("docId", f.DocID).with("to", string(f.Recipient)).
		with("fromDate", moment(f.From)).with("toDate", moment(f.To)).
		with("pageIndex", positive(f.Page)).with("pageSize", positive(f.PageSize))
	var list []Sent
	err := c.list(ctx, what, func(r row) error {
		list = append(list, Sent{
			SenderDocID: r.get("senderDocId"), ReceiverDocID: r.get("receiverDocId"),
			Type:  messageType(r.get("messageType"), f.Type),
			Title: clean(r.get("title")), Notation: clean(r.get("notation")),
			From: code(r.get("fromCode")), To: code(r.get("toCode")),
			SentTime: r.get("sentTime"), ReceivedTime: r.get("receivedTime"),
			SendStatus: transport(r.get("sendStatus")), SendDesc: clean(r.get("sendStatusDesc")),
			ReceiveStatus: transport(r.get("receiveStatus")), ReceiveDesc: clean(r.get("receiveStatusDesc")),
		})
		return nil
	})
	return list, err
}

// list performs a call that lists, and hands its rows to add.
func (c *Client) list(ctx context.Context, what call, add func(row) error) error {
	what.reads = true
	var own error // of add
	err := c.do(ctx, what, func(r reply) error {
		data := rows(func(r row) error {
			own = add(r)
			return own
		})
		if classOf(r.status) != nil { // its rows are not worth having
			data = skip
		}
		e, err := c.dialect.read(r, c.config.MaxAnswer, data)
		if err == nil && !e.payload {
			err = malformed("no list")
		}
		return err
	})
	return or(own, err)
}

// service is a call about packets of a kind.
func service(operation string, t MessageType) call {
	return call{operation: operation}.with("servicetype", "eDoc").with("messagetype", string(t))
}

// code takes an agency code as it stands when it is malformed: it is the axis's
// directory, not ours.
func code(s string) document.Code {
	if c, err := document.ParseCode(s); err == nil {
		return c
	}
	return document.Code(clean(s))
}

func transport(s string) TransportStatus { return TransportStatus(strings.ToLower(clean(s))) }

func messageType(s string, asked MessageType) MessageType {
	if s == "" {
		return asked
	}
	return MessageType(strings.ToLower(clean(s)))
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(document.Zone()).Format("02/01/2006 15:04:05")
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}
