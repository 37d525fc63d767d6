//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"vanthu/bench/letter"
	"vanthu/internal/document"
)

// naive moves the documents one after the other, each whole, and again from zero
// as often as it must. It is written here and shares nothing with vanthu's client.
func (w *way) naive(ctx context.Context, l *badLine, packets [][]byte) error {
	n := &naiveClient{http: &http.Client{Transport: &http.Transport{DialContext: dialIn(l.client(), "cubic"), TLSClientConfig: &tls.Config{RootCAs: w.certs.pool}}}}
	step := func(do func() error) error {
		for {
			err := do()
			if err == nil || ctx.Err() != nil {
				return errors.Join(err, ctx.Err())
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
			}
		}
	}
	if w.up {
		for _, p := range packets {
			if err := step(func() error { return n.send(ctx, p) }); err != nil {
				return err
			}
			w.arrived, w.ended = w.arrived+1, time.Now()
		}
		w.empty = w.ended
		return nil
	}
	var ids []string
	if err := step(func() (err error) { ids, err = n.list(ctx); return err }); err != nil {
		return err
	}
	for _, id := range ids {
		if err := step(func() error { return n.fetch(ctx, id) }); err != nil {
			return err
		}
		w.arrived, w.ended = w.arrived+1, time.Now()
		if err := step(func() error { return n.call(ctx, "updateStatus", []byte("{}"), nil, "docId", id, "status", "done") }); err != nil {
			return err
		}
	}
	w.empty = time.Now()
	return nil
}

type naiveClient struct{ http *http.Client }

func (n *naiveClient) list(ctx context.Context) (ids []string, err error) {
	var answer struct {
		Data []struct {
			DocID string `json:"docId"`
		} `json:"data"`
	}
	err = n.call(ctx, "getReceivedEdocList", nil, &answer, "servicetype", "eDoc", "messagetype", "edoc")
	for _, row := range answer.Data {
		ids = append(ids, row.DocID)
	}
	return ids, err
}

func (n *naiveClient) fetch(ctx context.Context, id string) error {
	var answer struct{ Data string }
	if err := n.call(ctx, "getEdoc", []byte("{}"), &answer, "docId", id, "filePath", "edoc"); err != nil {
		return err
	}
	_, err := base64.StdEncoding.DecodeString(answer.Data)
	return err
}

func (n *naiveClient) send(ctx context.Context, packet []byte) error {
	sum := sha256.Sum256(packet)
	return n.call(ctx, "sendEdoc", packet, nil, "servicetype", "eDoc", "messagetype", "edoc", "hash-file", hex.EncodeToString(sum[:]), "from", string(letter.Commune().Agency.Code))
}

// call signs a request as the SDK does (axis.md §1.2) and decodes the answer.
func (n *naiveClient) call(ctx context.Context, operation string, body []byte, answer any, params ...string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+serverAddr+":"+serverPort+"/"+operation, bytes.NewReader(body))
	if err != nil {
		return err
	}
	now := time.Now().In(document.Zone())
	params = append(params, "systemid", "xa", "timestamp", fmt.Sprintf("%s+%04d", now.Format("02012006T150405"), now.Nanosecond()/1_000_000), "Content-Type", "application/json")
	signed, names := map[string]string{}, []string{}
	for i := 0; i < len(params); i += 2 {
		signed["XroadVnpt-"+params[i]] = params[i+1]
		names = append(names, params[i])
		req.Header["XroadVnpt-"+params[i]] = []string{params[i+1]}
	}
	object, err := json.Marshal(signed)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(object)
	for k, v := range map[string]string{"Content-Type": "application/json", "XroadVnpt-sign-header": string(object), "XroadVnpt-sign-header-key": strings.Join(names, ";"),
		"XroadVnpt-hash-header": hex.EncodeToString(mac.Sum(nil)), "XroadVnpt-version": "3.0.201608", "User-Agent": "JAVASDKAgent/1.0.0 XRoad/VPCP"} {
		req.Header[k] = []string{v}
	}
	resp, err := n.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	var envelope struct{ ErrorCode, ErrorDesc string }
	if err := json.Unmarshal(text, &envelope); err != nil {
		return err
	}
	if envelope.ErrorCode != "0" {
		return fmt.Errorf("%s: %s %s", operation, envelope.ErrorCode, envelope.ErrorDesc)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}
