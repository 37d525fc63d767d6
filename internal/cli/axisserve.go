package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
)

type axisServeVerb struct {
	Listen   string   `default:"127.0.0.1:0" placeholder:"ĐỊA-CHỈ" help:"Nơi lắng nghe; cổng 0: cổng nào trống."`
	Data     string   `required:"" placeholder:"THƯ-MỤC" help:"Thư mục giữ trạng thái của trục."`
	System   []string `required:"" sep:"none" placeholder:"MÃ=TỆP-KHÓA" help:"Hệ thống kết nối và tệp chứa khóa bí mật; dùng nhiều lần được."`
	Agency   []string `required:"" sep:"none" placeholder:"MÃ=TÊN" help:"Cơ quan; thuộc hệ thống ghi ngay trước nó. Dùng nhiều lần được."`
	Agencies string   `placeholder:"TỆP-CSV" help:"Danh bạ thêm: dòng đầu ghi tên cột, gồm code, name và nếu có parent, old_code, mail, center, system, version, deleted, locked."`
	Reprint  bool     `help:"Phát lại gói tin như trục thật: in lại và ghi thêm vết (TraceHeader)."`
	Fault    []string `sep:"none" placeholder:"LỖI" help:"Gây lỗi để kiểm thử, như busy@sendEdoc*3; dùng nhiều lần được."`
	Admin    bool     `help:"Cho đổi lỗi khi đang chạy, chỉ từ máy này: GET, PUT, DELETE /-/faults."`
	Log      bool     `help:"Ghi từng yêu cầu ra đầu ra lỗi."`

	Mode      string        `default:"sdk" enum:"sdk,rest,oauth2" placeholder:"KIỂU" help:"Giao thức: sdk (trục quốc gia), rest hoặc oauth2 (trục nội tỉnh)."`
	Offer     []string      `enum:"range,zstd,tus" placeholder:"KHẢ-NĂNG" help:"Khả năng thêm cho đường truyền kém: range (tải tiếp), zstd (nén, cả gzip), tus (gửi tiếp)."`
	TLSCert   string        `name:"tls-cert" placeholder:"TỆP" help:"Chứng thư của máy chủ (PEM); cùng --tls-key thì phục vụ https."`
	TLSKey    string        `name:"tls-key" placeholder:"TỆP" help:"Khóa riêng của chứng thư (PEM)."`
	MaxAge    time.Duration `placeholder:"THỜI-HẠN" help:"Từ chối yêu cầu có dấu thời gian lệch quá chừng này, như 10m; không ghi: không kiểm tra."`
	TokenLife time.Duration `default:"30m" placeholder:"THỜI-HẠN" help:"Thời hạn của thẻ truy cập ở kiểu rest và oauth2."`
}

// Help says what the flags' order means.
func (*axisServeVerb) Help() string {
	return "Cơ quan thuộc hệ thống đứng ngay trước nó trên dòng lệnh:\n" +
		"  vanthu axis serve --data truc --system S1=s1.key --agency H01.151='Xã A' --system S2=s2.key --agency H01='Tỉnh'\n" +
		"Khi sẵn sàng, in một dòng: listening on http://… (hoặc https://…)\n" +
		"Lỗi viết TÊN[:THAM-SỐ][@DỊCH-VỤ][*SỐ-LẦN], gồm: " + strings.Join(axissim.FaultNames(), ", ") + "."
}

// options are what the flags say but for systems and agencies.
func (v *axisServeVerb) options(c *call) axissim.Options {
	return axissim.Options{
		Dir: c.path(v.Data), Reprint: v.Reprint, Log: slog.New(slog.DiscardHandler),
		Mode: axissim.Mode(v.Mode), MaxAge: v.MaxAge, TokenLife: v.TokenLife,
		Offers: axissim.Offers{
			Range: slices.Contains(v.Offer, "range"), Compression: slices.Contains(v.Offer, "zstd"), Tus: slices.Contains(v.Offer, "tus"),
		},
	}
}

// axisMemory is what the axis is to make do with, beside its program: rather
// than let what it has no use for grow, it looks for it earlier.
const axisMemory = 48 << 20

// Run serves until it is told to stop.
func (v *axisServeVerb) Run(c *call, words *kong.Context) error {
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(axisMemory))
	o := v.options(c)
	if v.Log {
		o.Log = slog.New(slog.NewTextHandler(c.err, nil))
	}
	if err := v.population(c, words, &o); err != nil {
		return err
	}
	if v.Agencies != "" {
		o.Directory = agencyFile(c.path(v.Agencies), o.Agencies)
	}
	faults, err := axissim.ParseFaults(v.Fault, axissim.Sleep)
	if err != nil {
		return badUsage("--fault: %v", err)
	}
	security, err := v.security(c)
	if err != nil {
		return err
	}
	sim, err := axissim.New(o)
	if errors.Is(err, axissim.ErrLocked) {
		return document.Refuse(err, fmt.Sprintf("Thư mục %s đang do một trục khác dùng.", v.Data), "Dừng trục đó, hoặc chọn thư mục khác bằng --data.")
	}
	if err != nil {
		return err
	}
	defer sim.Close()
	l, err := net.Listen("tcp", v.Listen)
	if err != nil {
		return badUsage("--listen: không lắng nghe được ở %s (%v)", v.Listen, err)
	}
	board := axissim.NewBoard(sim.Handler(), faults...)
	server := &http.Server{Handler: v.routes(board), ReadHeaderTimeout: slowestHeader, ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn)}
	scheme := "http"
	if security != nil {
		l, scheme = tls.NewListener(l, security), "https"
	}
	fmt.Fprintf(c.out, "listening on %s://%s\n", scheme, l.Addr())
	return serveUntil(c.ctx, server, l)
}

// security is the TLS to serve with; nil for none. HTTP/1.1 only, as the axis
// and its adapters speak: HTTP/2 would change the case of header names.
func (v *axisServeVerb) security(c *call) (*tls.Config, error) {
	switch {
	case (v.TLSCert == "") != (v.TLSKey == ""):
		return nil, badUsage("--tls-cert và --tls-key phải đi cùng nhau")
	case v.TLSCert == "":
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.path(v.TLSCert), c.path(v.TLSKey))
	if err != nil {
		return nil, badUsage("--tls-cert, --tls-key: không đọc được chứng thư và khóa (%v)", err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}, nil
}

// slowestHeader is how long the head of a request may take, and TLS before it,
// on lines that are away for many seconds.
const slowestHeader = 30 * time.Second

// faultPath is the admin call's; no operation of the axis has it.
const faultPath = "/-/faults"

// routes lets the admin call, where it is wanted, past the faults.
func (v *axisServeVerb) routes(board *axissim.Board) http.Handler {
	if !v.Admin {
		return board
	}
	admin := board.Admin(axissim.Sleep)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == faultPath {
			admin.ServeHTTP(w, r)
			return
		}
		board.ServeHTTP(w, r)
	})
}

// patience is how long what is under way may take when the axis is told to
// stop: a request half done would leave its sender in doubt.
const patience = 5 * time.Second

// serveUntil serves until ctx ends, and then answers what is under way.
func serveUntil(ctx context.Context, server *http.Server, l net.Listener) error {
	settled := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		defer close(settled)
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		if server.Shutdown(limit) != nil {
			server.Close()
		}
	})()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	<-settled
	return nil
}

// population reads systems and agencies in the order they were typed: an
// agency belongs to the system before it.
func (v *axisServeVerb) population(c *call, words *kong.Context, o *axissim.Options) error {
	systems, agencies := v.System, v.Agency
	for _, p := range words.Path {
		if p.Flag == nil {
			continue
		}
		var err error
		switch p.Flag.Name {
		case "system":
			err = addSystem(c, o, systems[0])
			systems = systems[1:]
		case "agency":
			err = addAgency(o, agencies[0])
			agencies = agencies[1:]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func addSystem(c *call, o *axissim.Options, text string) error {
	id, file, ok := strings.Cut(text, "=")
	if !ok || id == "" || file == "" {
		return badUsage("--system: viết như MÃ=TỆP-KHÓA, không phải %q", text)
	}
	secret, err := os.ReadFile(c.path(file))
	if err != nil {
		return err
	}
	o.Systems = append(o.Systems, axissim.System{ID: id, Secret: bytes.TrimSpace(secret)})
	return nil
}

func addAgency(o *axissim.Options, text string) error {
	id, name, ok := strings.Cut(text, "=")
	code, err := document.ParseCode(id)
	if !ok || err != nil || name == "" {
		return badUsage("--agency: viết như MÃ=TÊN, không phải %q", text)
	}
	if len(o.Systems) == 0 {
		return badUsage("--agency %s: ghi --system trước cơ quan của nó", code)
	}
	o.Agencies = append(o.Agencies, axissim.Agency{Agency: document.Agency{Code: code, Name: name}, System: o.Systems[len(o.Systems)-1].ID})
	return nil
}
