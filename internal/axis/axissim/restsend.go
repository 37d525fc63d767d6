package axissim

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
)

func (a *Axis) restSend(r request, w http.ResponseWriter) {
	id, err := a.restTake(r)
	if err != nil {
		a.drainAll(r.Request)
		a.restFail(w, "sendEdoc", err)
		return
	}
	restOK(w, restOutcome{"OK", id, codeOK, restDone})
}

func (a *Axis) restTake(r request) (docID string, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return "", refused(codeInvalidFile, "Yêu cầu không phải multipart/form-data")
	}
	l := letter{system: r.system, refused: troubleOf(r.Request).refused}
	u, err := a.form(parts, &l)
	if u != nil {
		defer u.discard()
	}
	switch {
	case err != nil:
		return "", err
	case l.upload != "" && a.uploads != nil:
		return a.takeUpload(r.Context(), l)
	case u == nil:
		return "", refused(codeInvalidFile, "Thiếu phần edocFile")
	}
	l.upload = ""
	return a.accept(u, l)
}

// form reads the parts of a send in whatever order they come. The packet goes to
// a file, which is the caller's also when an error comes with it.
func (a *Axis) form(parts *multipart.Reader, l *letter) (u *arrival, err error) {
	for {
		p, err := parts.NextPart()
		if err == io.EOF {
			return u, nil
		}
		if err != nil {
			return u, formError(err)
		}
		if p.FormName() != "edocFile" {
			if err := l.field(p); err != nil {
				return u, err
			}
			continue
		}
		if u != nil {
			return u, refused(codeInvalidFile, "Có hai phần edocFile")
		}
		if u, err = receive(a.packetDir(), p, a.options.MaxPacket); err != nil {
			return nil, formError(err)
		}
		if u.size > a.options.MaxPacket {
			return u, refused(codeInvalidFile, "Tệp quá lớn")
		}
	}
}

// field takes one of the fields beside the packet; unknown ones are passed over.
func (l *letter) field(p *multipart.Part) error {
	const most = 64 << 10
	value, err := io.ReadAll(io.LimitReader(p, most+1))
	if err != nil {
		return formError(err)
	}
	if len(value) > most {
		return refused(codeInvalidFile, "Trường quá dài")
	}
	l.set(p.FormName(), string(value))
	return nil
}

// set gives the letter what a hub's field of that name says.
func (l *letter) set(name, value string) {
	switch name {
	case "messageType":
		l.kind = value
	case "from":
		l.from = value
	case "to":
		l.to = value
	case "upload":
		l.upload = value
	case "encoding":
		l.encoding = value
	case "hashFile":
		l.hash, l.hashed = value, true
	}
}

// formError keeps refusals and errors of the disk; what else goes wrong with a
// form is the form's fault.
func formError(err error) error {
	var no *refusal
	var disk interface{ Timeout() bool }
	if errors.As(err, &no) || errors.As(err, &disk) {
		return err
	}
	return refused(codeInvalidFile, "Không đọc được biểu mẫu")
}
