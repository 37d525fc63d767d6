package axissim

import (
	"errors"
	"net/http"
	"strings"
)

// explain makes the answer of an error: a refusal speaks for itself, anything
// else is the axis's own trouble.
func (a *Axis) explain(operation string, err error) answer {
	var no *refusal
	if errors.As(err, &no) {
		return failure(no.code, no.desc)
	}
	return a.broken(operation, err)
}

func (a *Axis) updateStatus(r request, w http.ResponseWriter) {
	drain(r)
	err := a.update(r.system, params(r.Request, "docId"), param(r.Request, "status"), param(r.Request, "description"))
	if err != nil {
		write(w, a.explain("updateStatus", err))
		return
	}
	write(w, ok())
}

// update sets the status of a copy. The same status again changes nothing and
// is fine; done and fail are final.
func (a *Axis) update(system string, ids []string, status, desc string) error {
	status = strings.ToLower(status)
	if status != done && status != fail && status != processing {
		return refused(codeOther, "Trạng thái không hợp lệ")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		h, found := a.state.copies[id]
		if !found || !a.state.serves(system, string(h.To)) {
			continue
		}
		if !h.open() || h.status == status {
			return nil
		}
		return a.commit(event{Time: a.options.Clock(), Status: &change{id, status, desc}})
	}
	return refused(codeOther, "Không có gói tin này")
}
