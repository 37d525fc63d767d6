package axissim

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"

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

// agencyID is the axis's own id of an entry.
func agencyID(code string) string {
	if code == "" {
		return ""
	}
	return "vxp-" + strings.ToLower(code)
}

// entries is the directory as it stands now.
func (a *Axis) entries() []Agency {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]Agency(nil), a.state.agencies...)
}

func (a *Axis) agencies(r request, w http.ResponseWriter) {
	drain(r)
	var rows []agencyRow
	for _, g := range a.entries() {
		rows = append(rows, agencyRow{agencyID(string(g.Code)), agencyID(g.Parent), string(g.Code), g.Name, g.Email, string(g.OldCode)})
	}
	write(w, list(rows))
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
	var rows []qd20Row
	for _, g := range a.entries() {
		rows = append(rows, qd20Row{agencyID(string(g.Code)), string(g.Code), g.Name, g.Email, string(g.OldCode)})
	}
	write(w, list(rows))
}

type unitRow struct {
	ID         string `json:"id"`
	PID        string `json:"pid"`
	Code       string `json:"code"`
	Name       string `json:"name"`
	Mail       string `json:"mail"`
	Version    int    `json:"version"`
	CenterCode string `json:"centerCode"`
	Deleted    bool   `json:"deleted"`
	ModifyDate string `json:"modifyDate"`
	IsAgency   bool   `json:"isAgency"`
}

func (a *Axis) units(r request, w http.ResponseWriter) {
	drain(r)
	var rows []unitRow
	for _, g := range a.entries() {
		rows = append(rows, unitRow{
			ID: agencyID(string(g.Code)), PID: agencyID(g.Parent), Code: string(g.Code), Name: g.Name, Mail: g.Email,
			Version: 1, IsAgency: g.Code.Receives(),
		})
	}
	write(w, list(rows))
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
	if g, found := a.state.agency(string(code)); found && g.System != r.system && g.System != "" {
		return refused(codeOther, "Đơn vị thuộc hệ thống khác")
	}
	return a.commit(event{Time: a.options.Clock(), Agency: &Agency{
		Agency: document.Agency{Code: code, Name: given.Name, Email: given.Mail, Phone: given.Mobile, Fax: given.Fax},
		Parent: given.PCode, System: r.system,
	}})
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
