//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"vanthu/bench/letter"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
	"vanthu/internal/viet"
	"vanthu/outbox"
	"vanthu/store"
)

const secret = "secret-of-the-bench"

func (w *way) home() string { return filepath.Join(w.dir, "home") }

// content is the random file of document i.
func (w *way) content(i int) []byte {
	var seed [32]byte
	copy(seed[:], fmt.Sprintf("%d %d", w.seed, i))
	b := make([]byte, w.size)
	_, _ = rand.NewChaCha8(seed).Read(b) // never fails
	return b
}

func subject(i int) string { return fmt.Sprintf("V/v báo cáo số liệu quý %d năm 2026", i+1) }

// packets are the documents as the other body would send them; those that go up
// are made by the office itself.
func (w *way) packets() (list [][]byte, err error) {
	us, them := letter.Commune().Agency, letter.Sender()
	if w.up {
		us, them = them, us
	}
	for i := range w.docs {
		file, day := w.content(i), document.DateOf(time.Now())
		code := document.Reference{Number: fmt.Sprint(i + 1), Notation: "UBND-VP"}
		var b bytes.Buffer
		err := edxml.WriteDocument(&b, edxml.Document{
			From: them, To: []document.Agency{us}, ID: document.NewID(them.Code, day, code), Code: code, Place: "Long Xuyên", Date: day,
			Type: edxml.TypeInfo{Type: 2, Detail: 18, Name: document.OfficialLetter}, Subject: subject(i), Signer: letter.Leader(),
			Traces: []edxml.Trace{{Organ: string(them.Code), Time: day.Axis() + " 08:00:00"}},
			Attachments: []edxml.Attachment{{ID: "1", Name: "so-lieu.bin", ContentType: "application/octet-stream", Size: int64(len(file)),
				Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file)), nil }}},
		})
		if err != nil {
			return nil, err
		}
		list = append(list, b.Bytes())
	}
	return list, nil
}

// makeHome makes an office that has exchanged before: it has found the axis once,
// beside the line, and has its directory.
func (w *way) makeHome(l *badLine) error {
	home, err := office.HomeAt(w.home())
	if err != nil {
		return err
	}
	ours := letter.Commune()
	ours.Axis = office.Axis{URL: "https://" + serverAddr + ":" + serverPort, Roots: w.certs.roots, System: "xa", SecretFile: "axis.secret", PollMinutes: 5}
	if err := home.Make(); err != nil {
		return err
	}
	if err := office.Save(home, ours); err != nil {
		return err
	}
	if err := os.WriteFile(home.SecretFile(), []byte(secret+"\n"), 0o600); err != nil {
		return err
	}
	out, err := command(l.server(), w.vanthu, "--home", w.home(), "sync", "--once").CombinedOutput()
	if err != nil {
		return fmt.Errorf("first sync: %w: %s", err, out)
	}
	return nil
}

// issue drafts, signs, numbers, seals and issues the documents.
func (w *way) issue() error {
	home := office.Home{Dir: w.home()}
	s, err := store.Open(home.StoreDir(), store.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	ours, ids := letter.Commune(), 0
	desk := &outbox.Desk{Store: s, Clock: time.Now, NewID: func() string { ids++; return fmt.Sprintf("di%06d", ids) }, Agency: ours.Agency, Staff: ours.Clerk,
		TempDir: home.TempDir(), Fold: viet.Fold, Abbr: ours.Abbr, Place: ours.Place, Press: paper{}, Directory: province{}}
	ctx := context.Background()
	for i := range w.docs {
		doc, err := desk.Create(ctx, outbox.Draft{TypeName: document.OfficialLetter, Subject: subject(i), Signer: letter.Leader(), Recipients: []document.Agency{letter.Sender()}},
			strings.NewReader("%PDF-1.7"), outbox.NewFile{Name: "so-lieu.bin", R: bytes.NewReader(w.content(i))})
		for _, step := range []func() (outbox.Document, error){
			func() (outbox.Document, error) { return desk.Sign(ctx, doc.ID, key{}) },
			func() (outbox.Document, error) { return desk.AssignNumber(doc.ID) },
			func() (outbox.Document, error) { return desk.Seal(ctx, doc.ID, key{}) },
			func() (outbox.Document, error) { return desk.Issue(doc.ID) },
		} {
			if err == nil {
				_, err = step()
			}
		}
		if err != nil {
			return fmt.Errorf("document %d: %w", i+1, err)
		}
	}
	return nil
}

// paper, key and province stand for the signer and the directory.
type (
	paper    struct{}
	key      struct{}
	province struct{}
)

func (paper) Inspect([]byte) error { return nil }

func (paper) Layout(context.Context, []byte) (document.Layout, error) { return document.Layout{}, nil }

func (key) Approve(_ context.Context, pdf []byte, _ outbox.Approval) ([]byte, outbox.SignatureNote, error) {
	return append(pdf[:len(pdf):len(pdf)], "\n% ký"...), outbox.SignatureNote{Holder: letter.Leader().Name}, nil
}

func (key) Seal(_ context.Context, pdf []byte, _ outbox.Sealing) ([]byte, outbox.SignatureNote, error) {
	return append(pdf[:len(pdf):len(pdf)], "\n% đóng dấu"...), outbox.SignatureNote{Holder: letter.Commune().Agency.Name}, nil
}

func (province) Agency(code document.Code) (document.Agency, bool, error) {
	return letter.Sender(), code == letter.Sender().Code, nil
}

// ask runs a verb of the office, which the running program answers.
func (w *way) ask(answer any, args ...string) error {
	out, err := exec.Command(w.vanthu, append([]string{"--home", w.home(), "--json"}, args...)...).Output()
	if err != nil {
		return err
	}
	return json.Unmarshal(out, answer)
}

// inRegister is the number of documents that have come.
func (w *way) inRegister() (int, error) {
	var list struct{ Documents []json.RawMessage }
	err := w.ask(&list, "list", "incoming")
	return len(list.Documents), err
}

// queued is the number of jobs left.
func (w *way) queued() (int, error) {
	var queue struct{ Jobs []json.RawMessage }
	err := w.ask(&queue, "queue")
	return len(queue.Jobs), err
}
