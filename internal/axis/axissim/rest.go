package axissim

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"vanthu/internal/document"
)

// findREST knows the paths of variant (a), after whatever endpoint path.
func (a *Axis) findREST(r *http.Request) (do operation, open bool) {
	if a.uploads != nil && isUpload(r.URL.Path) {
		return (*Axis).serveUploads, false
	}
	i := strings.LastIndex(r.URL.Path, "/v1/")
	if i < 0 {
		return nil, false
	}
	switch r.Method + " " + r.URL.Path[i+len("/v1/"):] {
	case "POST auth/login":
		return (*Axis).login, true
	case "POST sendEdoc":
		return (*Axis).restSend, false
	case "GET syncReceivedEdocList":
		return (*Axis).restList, false
	case "GET getEdoc":
		return (*Axis).restGet, false
	case "POST updateStatus":
		return (*Axis).restStatus, false
	case "GET getAgenciesList":
		return (*Axis).restAgencies, false
	}
	return nil, false
}

// restCaller wants a token and the system's own headers to go with it.
func (a *Axis) restCaller(r *http.Request) (system, reason string) {
	system, reason = a.bearer(r)
	switch {
	case reason != "":
		return "", reason
	case r.Header.Get("X-SystemId") != system || !a.knows(system, r.Header.Get("X-SecretKey")):
		return "", "token and headers are of different systems"
	}
	return system, ""
}

// restAnswer is the wrapper of variant (a).
type restAnswer struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Data    any             `json:"data,omitempty"`
	Detail  []restException `json:"errorDetail,omitempty"`
}

type restException struct {
	Exception string `json:"exception"`
}

// restOutcome is what an operation came to.
type restOutcome struct {
	Status    string `json:"status"`
	DocID     string `json:"docId"`
	ErrorCode string `json:"errorCode"`
	ErrorDesc string `json:"errorDesc"`
}

const restDone = "Thành công"

func restOK(w http.ResponseWriter, data any) {
	write(w, restAnswer{Code: http.StatusOK, Message: restDone, Data: data})
}

// restRefuse says no before any operation.
func restRefuse(w http.ResponseWriter, why *refusal) {
	writeStatus(w, why.http, restAnswer{
		Code: why.http, Message: http.StatusText(why.http), Detail: []restException{{why.desc}},
	})
}

// restFail says what an operation refused, or that the hub itself is in trouble.
func (a *Axis) restFail(w http.ResponseWriter, operation string, err error) {
	var no *refusal
	if !errors.As(err, &no) {
		write(w, restAnswer{Code: 500, Message: "Lỗi hệ thống", Detail: []restException{{a.broken(operation, err).ErrorDesc}}})
		return
	}
	writeStatus(w, statusOf(err), restAnswer{Code: statusOf(err), Message: no.desc,
		Data: restOutcome{Status: "FAIL", ErrorCode: no.code, ErrorDesc: no.desc}})
}

func (a *Axis) login(r request, w http.ResponseWriter) {
	drain(r)
	system := r.Header.Get("X-SystemId")
	if !a.knows(system, r.Header.Get("X-SecretKey")) {
		restRefuse(w, &refusal{codeWrongSecret, "Sai SystemId hoặc SecretKey", http.StatusUnauthorized})
		return
	}
	restOK(w, struct {
		Token     string `json:"token"`
		ExpiresIn int64  `json:"expiresIn"`
	}{a.mint(r.Request, system), int64(a.options.TokenLife / time.Second)})
}

// restList lists what waits, within the days asked for.
func (a *Axis) restList(r request, w http.ResponseWriter) {
	query := r.URL.Query()
	rows := []receivedRow{}
	for _, row := range a.receivedRows(r.system, kindOf(query.Get("messageType"))) {
		day := row.sent.In(document.Zone()).Format("2006/01/02")
		from, to := query.Get("fromDate"), query.Get("toDate")
		if (from == "" || day >= from) && (to == "" || day <= to) {
			rows = append(rows, row)
		}
	}
	restOK(w, rows)
}

// restGet gives a packet in base64, or as it is to those who accept that.
func (a *Axis) restGet(r request, w http.ResponseWriter) {
	id := r.URL.Query().Get("docId")
	path, err := a.packet(r.system, []string{id}, true)
	switch {
	case err != nil:
	case wantsRaw(r.Request):
		err = a.serveRaw(w, r.Request, path, "application/xml")
	default:
		err = writeBase64(w, fmt.Sprintf(`{"code":200,"message":"Thành công","data":{"status":"OK","docId":%s,"errorCode":"0","errorDesc":"Thành công","data":"`, quoted(id)), `"}}`, path)
	}
	if err != nil {
		a.restFail(w, "getEdoc", err)
	}
}

// wantsRaw tells clients that take a packet as it is.
func wantsRaw(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/xml") || strings.Contains(accept, "application/octet-stream")
}

func (a *Axis) restStatus(r request, w http.ResponseWriter) {
	var given struct {
		DocID       string `json:"docId"`
		Status      string `json:"status"`
		Description string `json:"description"`
	}
	err := smallJSON(r, &given)
	if err == nil {
		err = a.update(r.system, []string{given.DocID}, given.Status, given.Description)
	}
	if err != nil {
		a.restFail(w, "updateStatus", err)
		return
	}
	restOK(w, restOutcome{"OK", given.DocID, codeOK, restDone})
}

func (a *Axis) restAgencies(_ request, w http.ResponseWriter) {
	stream(w, `{"code":200,"message":"Thành công","data":{"content":[`, `]}}`, a.agencyRows)
}
