package axissim

import (
	"encoding/base64"
	"io"
	"net/http"
	"os"
	"strconv"
)

// packet finds the file of a packet a system may have: a copy for one of its
// agencies, or one it sent itself. A copy fetched is in processing, if the mode
// touches it.
func (a *Axis) packet(system string, ids []string, touch bool) (path string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		if h, found := a.state.copies[id]; found && a.state.serves(system, string(h.To)) {
			path = a.deliveredOrSent(h.message.DocID)
			if touch && h.status == initial {
				if err := a.commit(event{Time: a.options.Clock(), Status: &change{DocID: id, Status: processing}}); err != nil {
					return "", err
				}
			}
		} else if m, found := a.state.sent[id]; found && m.System == system {
			path = a.packetPath(m.DocID)
		}
	}
	if path == "" {
		return "", refused(codeOther, "Không có gói tin này")
	}
	return path, nil
}

func (a *Axis) getEdoc(r request, w http.ResponseWriter) {
	drain(r)
	path, err := a.packet(r.system, params(r.Request, "docId"), true)
	if err == nil {
		err = writeBase64(w, `{"status":"OK","ErrorCode":"0","ErrorDesc":"Thành công","data":"`, `"}`, path)
	}
	if err != nil {
		write(w, dataAnswer{answer: a.explain("getEdoc", err)})
	}
}

// writeBase64 answers with a file in base64 between two texts. After an error
// nothing has been written.
func writeBase64(w http.ResponseWriter, head, tail, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", strconv.Itoa(len(head)+base64.StdEncoding.EncodedLen(int(info.Size()))+len(tail)))
	io.WriteString(w, head)
	e := base64.NewEncoder(base64.StdEncoding, w)
	if _, err := io.Copy(e, f); err != nil {
		return nil // the client sees a short answer
	}
	e.Close()
	io.WriteString(w, tail)
	return nil
}

func (a *Axis) downloadEdoc(r request, w http.ResponseWriter) {
	path, err := a.packet(r.system, params(r.Request, "docId"), true)
	if err == nil {
		err = a.serveRaw(w, r.Request, path, "application/octet-stream")
	}
	if err != nil {
		write(w, dataAnswer{answer: a.explain("downloadEdoc", err)})
	}
}
