package axissim

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vanthu/internal/document"
)

type agencyRow struct {
	ID      string `json:"id"`
	PID     string `json:"pid"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Mail    string `json:"mail"`
	OldCode string `json:"oldCode"`
}

const idPrefix = "vxp-"

// agencyID is the axis's own id of an entry.
func agencyID(code string) string {
	if code == "" {
		return ""
	}
	return idPrefix + strings.ToLower(code)
}

// entries calls fn for the entries of the directory. Others are served between
// any two.
func (a *Axis) entries(fn func(entry) error) error {
	room := make([]entry, 0, 256)
	for at := 0; ; {
		a.mu.Lock()
		room, at = a.state.batch(at, room)
		a.mu.Unlock()
		if len(room) == 0 {
			return nil
		}
		for _, e := range room {
			if err := fn(e); err != nil {
				return err
			}
		}
	}
}

// agencyRows is the directory of today, as SDK 2.0.1 reads it.
func (a *Axis) agencyRows(row func(any) error) error {
	return a.entries(func(e entry) error {
		if e.deleted {
			return nil
		}
		g := e.Agency()
		return row(agencyRow{agencyID(string(g.Code)), agencyID(g.Parent), string(g.Code), g.Name, g.Email, string(g.OldCode)})
	})
}

func (a *Axis) agencies(r request, w http.ResponseWriter) {
	drain(r)
	stream(w, listHead, listTail, a.agencyRows)
}

type qd20Row struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Name    string `json:"name"`
	Mail    string `json:"mail"`
	Code102 string `json:"code102"`
}

func (a *Axis) agenciesQD20(r request, w http.ResponseWriter) {
	drain(r)
	stream(w, listHead, listTail, func(row func(any) error) error {
		return a.entries(func(e entry) error {
			if e.deleted {
				return nil
			}
			g := e.Agency()
			return row(qd20Row{agencyID(string(g.Code)), string(g.Code), g.Name, g.Email, string(g.OldCode)})
		})
	})
}

type unitRow struct {
	ID         string `json:"id"`
	PID        string `json:"pid"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	Mail       string `json:"mail"`
	Version    int64  `json:"version"`
	CenterCode string `json:"centerCode"`
	Deleted    bool   `json:"deleted"`
	ModifyDate string `json:"modifyDate"`
	IsAgency   bool   `json:"isAgency"`
}

func (e entry) unit() unitRow {
	g := e.Agency()
	row := unitRow{
		ID: agencyID(string(g.Code)), PID: agencyID(g.Parent), Code: string(g.Code), Name: g.Name, Mail: g.Email,
		Version: g.Version, CenterCode: g.Center, Deleted: g.Deleted, IsAgency: g.Code.Receives(),
	}
	if e.modified != 0 {
		row.ModifyDate = wireTime(time.Unix(e.modified, 0))
	}
	return row
}

// units tells every entry, the dissolved ones too. A unitVersion asks for newer
// ones only: that is ours, the real axis is not known to have it. (Header
// XroadVnpt-version is the SDK's own.)
func (a *Axis) units(r request, w http.ResponseWriter) {
	drain(r)
	since, err := strconv.ParseInt(param(r.Request, "unitVersion"), 10, 64)
	if err != nil {
		since = 0
	}
	stream(w, listHead, listTail, func(row func(any) error) error {
		return a.entries(func(e entry) error {
			if e.version <= since {
				return nil
			}
			return row(e.unit())
		})
	})
}

// registration is the body of registerAgency.
type registration struct {
	PCode  string `json:"pcode"`
	PID    string `json:"pid"`
	Code   string `json:"code"`
	Name   string `json:"name"`
	Mail   string `json:"mail"`
	Mobile string `json:"mobile"`
	Fax    string `json:"fax"`
}

// parent is the code of the body above, told by that or by its id.
func (r registration) parent() string {
	if r.PCode != "" {
		return r.PCode
	}
	return strings.ToUpper(strings.TrimPrefix(r.PID, idPrefix))
}

func (a *Axis) registerAgency(r request, w http.ResponseWriter) {
	if err := a.register(r); err != nil {
		write(w, a.explain("registerAgency", err))
		return
	}
	write(w, ok())
}

// register enters an agency under the calling system, or renews its entry.
func (a *Axis) register(r request) error {
	var given registration
	if err := json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&given); err != nil {
		return refused(codeInvalidFile, "Không đọc được thông tin đơn vị")
	}
	code, err := document.ParseCode(given.Code)
	if err != nil || given.Name == "" {
		return refused(codeInvalidFile, "Thiếu mã hoặc tên đơn vị")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	made := Agency{
		Agency: document.Agency{Code: code, Name: given.Name, Email: given.Mail, Phone: given.Mobile, Fax: given.Fax},
		Parent: given.parent(), System: r.system,
	}
	if g, found := a.state.agency(string(code)); found {
		if g.System != r.system && g.System != "" {
			return refused(codeOther, "Đơn vị thuộc hệ thống khác")
		}
		made.OldCode, made.Center = g.OldCode, g.Center
	}
	return a.commit(event{Time: a.options.Clock(), Agency: &made})
}

func (a *Axis) deleteAgency(r request, w http.ResponseWriter) {
	drain(r)
	if err := a.unregister(r.system, param(r.Request, "AgencyCode")); err != nil {
		write(w, a.explain("deleteAgency", err))
		return
	}
	write(w, ok())
}

func (a *Axis) unregister(system, code string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	g, found := a.state.agency(code)
	if !found || g.System != system {
		return refused(codeOther, "Không có đơn vị này")
	}
	return a.commit(event{Time: a.options.Clock(), Delete: string(g.Code)})
}

// Enter puts an agency into the directory, or renews its entry, as if its
// system had registered it.
func (a *Axis) Enter(g Agency) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.commit(event{Time: a.options.Clock(), Agency: &g})
}

// Dissolve takes the agency with that present code out of the directory.
func (a *Axis) Dissolve(code document.Code) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.commit(event{Time: a.options.Clock(), Delete: string(code)})
}
