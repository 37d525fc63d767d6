package axissim

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"
)

// findOAuth knows the paths of variant (b), after whatever endpoint path.
func (a *Axis) findOAuth(r *http.Request) (do operation, open bool) {
	if a.uploads != nil && isUpload(r.URL.Path) {
		return (*Axis).serveUploads, false
	}
	i := strings.LastIndex(r.URL.Path, oauthBase+"/")
	if i < 0 {
		if r.Method == http.MethodPost && path.Base(r.URL.Path) == "token" {
			return (*Axis).token, true
		}
		return nil, false
	}
	where := r.URL.Path[i+len(oauthBase)+1:]
	if id, ok := strings.CutPrefix(where, "vanbans/"); ok && id != "" && !strings.Contains(id, "/") {
		where = "vanbans/{docId}"
	}
	switch r.Method + " " + where {
	case "GET vanbans":
		return (*Axis).oauthList, false
	case "POST vanbans":
		return (*Axis).oauthSend, false
	case "GET vanbans/{docId}":
		return (*Axis).oauthGet, false
	case "PUT vanbans/{docId}":
		return (*Axis).oauthStatus, false
	case "GET donvilienthongs":
		return (*Axis).oauthAgencies, false
	}
	return nil, false
}

// token gives a token for the client's credentials (RFC 6749 §4.4).
func (a *Axis) token(r request, w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "no-store")
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	type problem struct {
		Error string `json:"error"`
		Desc  string `json:"error_description"`
	}
	system, secret, _ := r.BasicAuth()
	switch {
	case !a.knows(system, secret):
		drain(r)
		w.Header().Set("WWW-Authenticate", `Basic realm="token"`)
		writeStatus(w, http.StatusUnauthorized, problem{"invalid_client", "Sai consumer key hoặc secret"})
	case r.FormValue("grant_type") != "client_credentials":
		writeStatus(w, http.StatusBadRequest, problem{"unsupported_grant_type", "Chỉ có client_credentials"})
	default:
		write(w, struct {
			Token   string `json:"access_token"`
			Scope   string `json:"scope"`
			Type    string `json:"token_type"`
			Expires int64  `json:"expires_in"`
		}{a.mint(r.Request, system), "default", "Bearer", int64(a.options.TokenLife / time.Second)})
	}
}

// oauthRefuse says no as the gateway before the hub does.
func oauthRefuse(w http.ResponseWriter, why *refusal) {
	type fault struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
		Desc    string `json:"description"`
	}
	f := fault{404, "Not Found", why.desc}
	if why.http == http.StatusUnauthorized {
		f = fault{900901, "Invalid Credentials", why.desc}
		w.Header().Set("WWW-Authenticate", `OAuth2 realm="WSO2 API Manager"`)
	}
	writeStatus(w, why.http, struct {
		Fault fault `json:"fault"`
	}{f})
}

// oauthAnswer is the envelope of variant (b): the axis's with small letters.
type oauthAnswer struct {
	Status    string `json:"status"`
	ErrorCode string `json:"errorCode"`
	ErrorDesc string `json:"errorDesc"`
}

type oauthSent struct {
	oauthAnswer
	DocID string `json:"docId"`
}

type oauthRows struct {
	oauthAnswer
	Data []receivedRow `json:"data"`
}

func (a *Axis) oauthFail(w http.ResponseWriter, operation string, err error) {
	writeStatus(w, statusOf(err), oauthSent{oauthAnswer: oauthAnswer(a.explain(operation, err))})
}

// oauthList lists what waits, with one status where one is asked for.
func (a *Axis) oauthList(r request, w http.ResponseWriter) {
	query := r.URL.Query()
	rows := []receivedRow{}
	for _, row := range a.receivedRows(r.system, kindOf(query.Get("messageType"))) {
		if asked := query.Get("status"); asked != "" && !strings.EqualFold(asked, row.Status) {
			continue
		}
		row.Status = strings.ToUpper(row.Status)
		rows = append(rows, row)
	}
	write(w, oauthRows{oauthAnswer(ok()), rows})
}

// oauthGet gives a packet and leaves its status alone: here only the receiver
// sets it, or a client that asks for INITIAL would lose what it fetched and did
// not store.
func (a *Axis) oauthGet(r request, w http.ResponseWriter) {
	file, err := a.packet(r.system, []string{path.Base(r.URL.Path)}, false)
	switch {
	case err != nil:
	case wantsRaw(r.Request):
		err = a.serveRaw(w, r.Request, file, "application/xml")
	default:
		err = writeBase64(w, fmt.Sprintf(`{"status":"OK","errorCode":"0","errorDesc":"Thành công","docId":%s,"data":"`, quoted(path.Base(r.URL.Path))), `"}`, file)
	}
	if err != nil {
		a.oauthFail(w, "getEdoc", err)
	}
}

func (a *Axis) oauthStatus(r request, w http.ResponseWriter) {
	var given struct {
		Status      string `json:"status"`
		Description string `json:"description"`
	}
	err := smallJSON(r, &given)
	if err == nil {
		err = a.update(r.system, []string{path.Base(r.URL.Path)}, given.Status, given.Description)
	}
	if err != nil {
		a.oauthFail(w, "updateStatus", err)
		return
	}
	write(w, oauthAnswer(ok()))
}

func (a *Axis) oauthAgencies(_ request, w http.ResponseWriter) {
	stream(w, `{"status":"OK","errorCode":"0","errorDesc":"Thành công","data":[`, listTail, a.agencyRows)
}

func (a *Axis) oauthSend(r request, w http.ResponseWriter) {
	id, err := a.oauthTake(r)
	if err != nil {
		a.drainAll(r.Request)
		a.oauthFail(w, "sendEdoc", err)
		return
	}
	writeStatus(w, http.StatusCreated, oauthSent{oauthAnswer(ok()), id})
}

func (a *Axis) oauthTake(r request) (docID string, err error) {
	l := letter{system: r.system, refused: troubleOf(r.Request).refused}
	u, err := a.readMembers(r.Body, &l)
	if u != nil {
		defer u.discard()
	}
	switch {
	case err != nil:
		return "", err
	case l.upload != "" && a.uploads != nil:
		return a.takeUpload(r.Context(), l)
	case u == nil:
		return "", refused(codeInvalidFile, "Thiếu data")
	}
	l.upload = ""
	return a.accept(u, l)
}
