package axissim

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
)

// packet opens the packet a request asks for: a copy for one of the system's
// agencies, or one the system sent itself. A copy fetched is in processing.
func (a *Axis) packet(r request) (*os.File, int64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	file := ""
	for _, id := range params(r.Request, "docId") {
		if h, found := a.state.copies[id]; found && a.state.serves(r.system, string(h.To)) {
			file = a.deliveredOrSent(h.message.DocID)
			if h.status == initial {
				if err := a.commit(event{Time: a.options.Clock(), Status: &change{DocID: id, Status: processing}}); err != nil {
					return nil, 0, err
				}
			}
		} else if m, found := a.state.sent[id]; found && m.System == r.system {
			file = a.packetPath(m.DocID)
		}
	}
	if file == "" {
		return nil, 0, refused(codeOther, "Không có gói tin này")
	}
	return openPacket(file)
}

func openPacket(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

func (a *Axis) getEdoc(r request, w http.ResponseWriter) {
	drain(r)
	f, size, err := a.packet(r)
	if err != nil {
		write(w, dataAnswer{answer: a.explain("getEdoc", err)})
		return
	}
	defer f.Close()
	const head, tail = `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":"`, `"}`
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+base64.StdEncoding.EncodedLen(int(size))+len(tail)))
	io.WriteString(w, head)
	e := base64.NewEncoder(base64.StdEncoding, w)
	if _, err := io.Copy(e, f); err != nil {
		return // the client sees a short answer
	}
	e.Close()
	io.WriteString(w, tail)
}

func (a *Axis) downloadEdoc(r request, w http.ResponseWriter) {
	f, size, err := a.packet(r)
	if err != nil {
		write(w, dataAnswer{answer: a.explain("downloadEdoc", err)})
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", fmt.Sprint(size))
	io.Copy(w, f)
}
