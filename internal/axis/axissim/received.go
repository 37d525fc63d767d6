package axissim

import (
	"net/http"
	"time"

	"vanthu/internal/document"
)

type receivedRow struct {
	DocID       string `json:"docId"`
	ServiceType string `json:"serviceType"`
	MessageType string `json:"messageType"`
	Created     string `json:"created_time"`
	Updated     string `json:"updated_time"`
	From        string `json:"from"`
	To          string `json:"to"`
	Status      string `json:"status"`
	StatusDesc  string `json:"status_desc"`
	sent        time.Time
}

func wireTime(t time.Time) string { return t.In(document.Zone()).Format("02/01/2006 15:04:05") }

// receivedList lists what waits for all agencies of the system. Filters are
// ignored: SDK clients leak the headers of earlier calls (axis.md §1.7).
func (a *Axis) receivedList(r request, w http.ResponseWriter) {
	drain(r)
	write(w, list(a.receivedRows(r.system, kind(r))))
}

func (a *Axis) receivedRows(system, kind string) (rows []receivedRow) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.state.waiting(system, kind, func(h held) {
		rows = append(rows, receivedRow{
			DocID: h.copyOf.DocID, ServiceType: "eDoc", MessageType: h.Type,
			Created: wireTime(h.Sent), Updated: wireTime(h.updated),
			From: string(h.From), To: string(h.To),
			Status: h.status, StatusDesc: statusName(h.status), sent: h.Sent,
		})
	})
	return rows
}

func statusName(status string) string {
	switch status {
	case initial:
		return "Khởi tạo"
	case processing:
		return "Đang xử lý"
	case done:
		return "Hoàn thành"
	case fail:
		return "Thất bại"
	}
	return status
}

func (a *Axis) countEdoc(r request, w http.ResponseWriter) { a.count(r, w, kind(r)) }

func (a *Axis) countStatus(r request, w http.ResponseWriter) { a.count(r, w, "status") }

func (a *Axis) count(r request, w http.ResponseWriter, kind string) {
	drain(r)
	n := 0
	a.mu.Lock()
	a.state.waiting(r.system, kind, func(held) { n++ })
	a.mu.Unlock()
	write(w, countAnswer{ok(), n})
}
