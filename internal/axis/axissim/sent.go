package axissim

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"vanthu/internal/document"
)

type sentRow struct {
	ServiceType       string `json:"serviceType"`
	MessageType       string `json:"messageType"`
	Title             string `json:"title"`
	Notation          string `json:"notation"`
	SenderDocID       string `json:"senderDocId"`
	ReceiverDocID     string `json:"receiverDocId"`
	FromCode          string `json:"fromCode"`
	ToCode            string `json:"toCode"`
	SentTime          string `json:"sentTime"`
	ReceivedTime      string `json:"receivedTime"`
	SendStatus        string `json:"sendStatus"`
	SendStatusDesc    string `json:"sendStatusDesc"`
	ReceiveStatus     string `json:"receiveStatus"`
	ReceiveStatusDesc string `json:"receiveStatusDesc"`
}

// sentList lists the system's own packets, one row per recipient.
func (a *Axis) sentList(r request, w http.ResponseWriter) {
	drain(r)
	var rows []sentRow
	a.mu.Lock()
	for _, m := range a.state.messages {
		if m.System != r.system || m.Type != kind(r) || !wanted(m, r) {
			continue
		}
		for _, c := range m.Copies {
			if to := param(r.Request, "to"); to == "" || strings.Contains(strings.ToUpper(to), string(c.To)) {
				rows = append(rows, row(m, c))
			}
		}
	}
	a.mu.Unlock()
	write(w, list(paged(rows, param(r.Request, "pageIndex"), param(r.Request, "pageSize"))))
}

// paged cuts one page out; pages count from 1, and without a size there is one.
func paged[R any](rows []R, index, size string) []R {
	n, err := strconv.Atoi(size)
	if err != nil || n <= 0 {
		return rows
	}
	n = min(n, len(rows)+1)
	page, _ := strconv.Atoi(index)
	from := min(max(page-1, 0), len(rows)) * n
	return rows[min(from, len(rows)):min(from+n, len(rows))]
}

// wanted applies the filters docId, fromDate and toDate.
func wanted(m *message, r request) bool {
	if id := param(r.Request, "docId"); id != "" && id != m.DocID {
		return false
	}
	from, hasFrom := filterTime(param(r.Request, "fromDate"))
	to, hasTo := filterTime(param(r.Request, "toDate"))
	return !(hasFrom && m.Sent.Before(from)) && !(hasTo && m.Sent.After(to))
}

func filterTime(s string) (time.Time, bool) {
	t, err := time.ParseInLocation("02/01/2006 15:04:05", s, document.Zone())
	return t, err == nil
}

func row(m *message, c *copyOf) sentRow {
	received := ""
	if c.status != initial {
		received = wireTime(c.updated)
	}
	return sentRow{
		ServiceType: "eDoc", MessageType: m.Type, Title: m.Title, Notation: m.Notation,
		SenderDocID: m.DocID, ReceiverDocID: c.DocID, FromCode: string(m.From), ToCode: string(c.To),
		SentTime: wireTime(m.Sent), ReceivedTime: received,
		SendStatus: done, SendStatusDesc: statusName(done),
		ReceiveStatus: c.status, ReceiveStatusDesc: statusName(c.status),
	}
}
