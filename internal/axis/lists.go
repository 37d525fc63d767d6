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

// Agency is an entry of the axis's directory. Packets with codes of the old
// generation still circulate: compare with both codes.
type Agency struct {
	document.Agency
	ID, Parent string // of the axis
	OldCode    document.Code
}

// Received lists the packets of a kind that wait for any agency of our system;
// they stay listed until acknowledged. Rows without a docId are left out: they
// cannot be fetched.
func (c *Client) Received(ctx context.Context, t MessageType) ([]Received, error) {
	var list []Received
	err := c.list(ctx, service("getReceivedEdocList", t), func(r row) {
		if r.get("docId") == "" {
			return
		}
		list = append(list, Received{
			DocID: r.get("docId"), Type: messageType(r.get("messageType"), t),
			From: code(r.get("from")), To: code(r.get("to")),
			Created: r.get("created_time"), Updated: r.get("updated_time"),
			Status: transport(r.get("status")), StatusDesc: clean(r.get("status_desc")),
		})
	})
	return list, err
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
	err := c.list(ctx, what, func(r row) {
		list = append(list, Sent{
			SenderDocID: r.get("senderDocId"), ReceiverDocID: r.get("receiverDocId"),
			Type:  messageType(r.get("messageType"), f.Type),
			Title: clean(r.get("title")), Notation: clean(r.get("notation")),
			From: code(r.get("fromCode")), To: code(r.get("toCode")),
			SentTime: r.get("sentTime"), ReceivedTime: r.get("receivedTime"),
			SendStatus: transport(r.get("sendStatus")), SendDesc: clean(r.get("sendStatusDesc")),
			ReceiveStatus: transport(r.get("receiveStatus")), ReceiveDesc: clean(r.get("receiveStatusDesc")),
		})
	})
	return list, err
}

// Agencies reads the whole directory. Rows without a code are left out.
func (c *Client) Agencies(ctx context.Context) ([]Agency, error) {
	var list []Agency
	err := c.list(ctx, call{operation: "getAgenciesList"}, func(r row) {
		if r.get("code") == "" {
			return
		}
		list = append(list, Agency{
			Agency: document.Agency{Code: code(r.get("code")), Name: clean(r.get("name")), Email: clean(r.get("mail"))},
			ID:     r.get("id"), Parent: r.get("pid"), OldCode: code(r.get("oldCode")),
		})
	})
	return list, err
}

func (c *Client) list(ctx context.Context, what call, add func(row)) error {
	return c.do(ctx, what, func(r reply) error {
		_, err := c.dialect.read(r, c.config.MaxAnswer, rows(add))
		return err
	})
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
