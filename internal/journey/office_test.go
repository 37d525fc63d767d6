package journey

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/edxml"
	"vanthu/internal/office"
	"vanthu/internal/practice/ca"
	"vanthu/internal/practice/form"
)

// binary is the real program, built once for the package.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		fmt.Println("journeys take the real program and their time: skipped in short runs")
		return
	}
	dir, err := os.MkdirTemp("", "vanthu-journey-*")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "vanthu")
	build := exec.Command("go", "build", "-o", binary, "vanthu")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(fmt.Errorf("build vanthu: %w", err))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func us() document.Agency {
	return document.Agency{Code: "H01.151", Name: "Ủy ban nhân dân xã Định Mỹ"}
}

func neighbour() document.Agency {
	return document.Agency{Code: "H01.152", Name: "Ủy ban nhân dân xã Vĩnh Trạch"}
}

func leader() document.Signer {
	return document.Signer{Competence: "TM.", Position: "Chủ tịch", Name: "Nguyễn Văn Nghĩa"}
}

// scene is one commune's desk, the axis and the neighbour.
type scene struct {
	t       *testing.T
	us      document.Agency
	dir     string
	home    string
	pin     string // file with the PIN of both keys
	draft   string // a decision ready to be drafted
	axisURL string
	// axisFlags are given to the axis besides; axisProcess is it.
	axisFlags   []string
	axisProcess *os.Process
	other       *axis.Client
}

// newScene makes the home and the keys and starts the simulator.
func newScene(t *testing.T) *scene {
	t.Helper()
	return sceneOf(t, us(), neighbour())
}

// sceneOf is a scene in which others, all on the neighbour's system, write to us.
func sceneOf(t *testing.T, us document.Agency, others ...document.Agency) *scene {
	t.Helper()
	s := &scene{t: t, us: us}
	s.furnish(others)
	return s
}

// furnish makes all that the scene holds and starts its axis.
func (s *scene) furnish(others []document.Agency) {
	s.t.Helper()
	s.dir = s.t.TempDir()
	s.home, s.pin, s.draft = filepath.Join(s.dir, "home"), filepath.Join(s.dir, "pin"), filepath.Join(s.dir, "quyet-dinh.pdf")
	s.write(s.pin, "12345678\n")
	s.write(filepath.Join(s.dir, "ours.secret"), "secret-of-dinh-my\n")
	s.write(filepath.Join(s.dir, "theirs.secret"), "secret-of-vinh-trach\n")
	s.axisURL = s.startAxis(others)
	s.makeHome()
	s.makeDraft()
	s.other = s.client("vinhtrach", "secret-of-vinh-trach")
}

func (s *scene) write(path, text string) {
	s.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// startAxis runs `vanthu axis serve` in a process of its own.
func (s *scene) startAxis(others []document.Agency) (url string) {
	s.t.Helper()
	cmd := exec.Command(binary, "axis", "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(s.dir, "axis"),
		"--system", "dinhmy="+filepath.Join(s.dir, "ours.secret"), "--agency", string(s.us.Code)+"="+s.us.Name,
		"--system", "vinhtrach="+filepath.Join(s.dir, "theirs.secret"))
	for _, o := range others {
		cmd.Args = append(cmd.Args, "--agency", string(o.Code)+"="+o.Name)
	}
	cmd.Args = append(cmd.Args, s.axisFlags...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.axisProcess = cmd.Process
	s.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		s.t.Fatalf("the axis said %q, %v", line, err)
	}
	return url
}

// makeHome writes the office's settings, keys and trust.
func (s *scene) makeHome() {
	s.t.Helper()
	home, err := office.HomeAt(s.home)
	s.ok(err)
	s.ok(home.Make())
	authority, err := ca.Make(filepath.Join(s.dir, "ca"), ca.Options{})
	s.ok(err)
	pin := []byte("12345678")
	s.ok(authority.Issue(ca.Subject{Name: leader().Name, Organization: s.us.Name}, filepath.Join(home.KeysDir(), "leader.p12"), pin))
	s.ok(authority.Issue(ca.Subject{Name: s.us.Name, Organization: s.us.Name, Agency: true}, filepath.Join(home.KeysDir(), "agency.p12"), pin))
	s.ok(authority.WriteRoot(filepath.Join(home.TrustDir(), "root.pem")))
	s.write(home.SecretFile(), "secret-of-dinh-my\n")
	s.ok(office.Save(home, office.Office{
		Practice: true, AllowSoftKeys: true, Abbr: "UBND", Place: "Định Mỹ", Units: []string{"Phòng Kinh tế", "Phòng Văn hóa - Xã hội"},
		Agency:  s.us,
		Clerk:   document.Staff{Department: "Văn phòng HĐND và UBND", Name: "Trần Thị Sáu", Mobile: "0912000001", Email: "vanthu@dinhmy.example"},
		Leaders: []office.Leader{{Signer: leader(), Key: "file:keys/leader.p12"}},
		Seal:    office.Seal{Key: "file:keys/agency.p12", DiameterMM: 36},
		Axis:    office.Axis{URL: s.axisURL, AllowPlain: true, System: "dinhmy", SecretFile: "axis.secret", PollMinutes: 5},
	}))
}

func (s *scene) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) makeDraft() {
	s.t.Helper()
	s.write(s.draft, string(page(s.t, form.Form{
		Issuer: "ỦY BAN NHÂN DÂN XÃ ĐỊNH MỸ", Abbr: "UBND", Place: "Định Mỹ", TypeName: "Quyết định", Notation: "QĐ-UBND",
		Subject: "Về việc thành lập Tổ công tác phòng, chống thiên tai năm 2026",
		Body:    []string{"Điều 1. Thành lập Tổ công tác phòng, chống thiên tai xã Định Mỹ.", "Điều 2. Quyết định này có hiệu lực kể từ ngày ký."},
		Year:    document.DateOf(time.Now()).Year, Signer: leader(), Heading: []string{"TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"}, Recipients: []string{"UBND xã Vĩnh Trạch", "Lưu: VT."},
	})))
}

func page(t *testing.T, f form.Form) []byte {
	t.Helper()
	var pdf bytes.Buffer
	if err := form.Write(&pdf, f); err != nil {
		t.Fatal(err)
	}
	return pdf.Bytes()
}

func (s *scene) client(system, secret string) *axis.Client {
	s.t.Helper()
	c, err := axis.New(axis.Config{URL: s.axisURL, System: system, Secret: []byte(secret), Clock: time.Now, PlainAllowed: true})
	s.ok(err)
	return c
}

// receives puts one document of the neighbour on the axis for us.
func (s *scene) receives(number int, subject string) (id string) {
	s.t.Helper()
	code := document.Reference{Number: document.FormatNumber(number), Notation: "UBND-VP"}
	day := document.DateOf(time.Now())
	id = document.NewID(neighbour().Code, day, code)
	pdf := page(s.t, form.Form{
		Issuer: "ỦY BAN NHÂN DÂN XÃ VĨNH TRẠCH", Abbr: "UBND", Place: "Vĩnh Trạch", TypeName: document.OfficialLetter, Notation: "UBND-VP",
		Number: code.Number, Date: day, Subject: subject, To: []string{s.us.Name}, Body: []string{"Kính đề nghị quý cơ quan phối hợp."},
		Signer: document.Signer{Position: "Chủ tịch", Name: "Lê Thị Mỹ Hạnh"}, Heading: []string{"CHỦ TỊCH"},
	})
	var packet bytes.Buffer
	s.ok(edxml.WriteDocument(&packet, edxml.Document{
		From: neighbour(), To: []document.Agency{s.us}, ID: id, Code: code, Place: "Vĩnh Trạch", Date: day,
		Type: edxml.TypeInfo{Type: 2, Detail: 18, Name: document.OfficialLetter}, Subject: subject,
		Signer: document.Signer{Position: "Chủ tịch", Name: "Lê Thị Mỹ Hạnh"},
		Traces: []edxml.Trace{{Organ: string(neighbour().Code), Time: day.Axis() + " 08:00:00"}},
		Attachments: []edxml.Attachment{{ID: "1", Name: "cong-van.pdf", ContentType: "application/pdf", Size: int64(len(pdf)),
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(pdf)), nil }}},
	}))
	_, err := s.other.Send(context.Background(), axis.Message{
		From: neighbour().Code, Type: axis.Edoc, To: []document.Code{s.us.Code}, Body: bytes.NewReader(packet.Bytes()), Size: int64(packet.Len()),
	})
	s.ok(err)
	return id
}

// arrivals fetches everything the axis holds for the neighbour and
// acknowledges it. Keyed by the axis's own id.
func (s *scene) arrivals(kind axis.MessageType) map[string]*edxml.Packet {
	s.t.Helper()
	ctx := context.Background()
	rows, err := s.other.Received(ctx, kind)
	s.ok(err)
	packets := map[string]*edxml.Packet{}
	for _, row := range rows {
		var b bytes.Buffer
		_, err := s.other.Fetch(ctx, row.DocID, &b, 64<<20)
		s.ok(err)
		p, err := edxml.Read(&b, edxml.ReadOptions{Dir: s.t.TempDir()})
		s.ok(err)
		packets[row.DocID] = p
		s.ok(s.other.Acknowledge(ctx, row.DocID, axis.Done))
	}
	return packets
}

// answers sends a status of the neighbour on one of our documents.
func (s *scene) answers(d *edxml.Document, code document.Status, text string) {
	s.t.Helper()
	var packet bytes.Buffer
	s.ok(edxml.WriteStatus(&packet, edxml.Status{
		From: neighbour(), For: document.Ref{Organ: s.us.Code, Reference: d.Code, Date: d.Date, ID: d.ID},
		Staff: document.Staff{Name: "Phạm Văn Tám", Department: "Văn phòng"}, Code: code, Description: text, Time: time.Now(),
	}))
	_, err := s.other.Send(context.Background(), axis.Message{
		From: neighbour().Code, Type: axis.StatusMessage, To: []document.Code{s.us.Code}, Body: bytes.NewReader(packet.Bytes()), Size: int64(packet.Len()),
	})
	s.ok(err)
}

// command is a run of the program on the scene's home.
func (s *scene) command(args ...string) *exec.Cmd {
	cmd := exec.Command(binary, append([]string{"--home", s.home}, args...)...)
	cmd.Dir = s.dir
	return cmd
}

// try runs the program to its end.
func (s *scene) try(args ...string) (stdout, stderr string, code int) {
	s.t.Helper()
	var out, complaint bytes.Buffer
	cmd := s.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatal(err)
	}
	return out.String(), complaint.String(), cmd.ProcessState.ExitCode()
}

// do runs a verb that must succeed and decodes its JSON.
func (s *scene) do(answer any, args ...string) {
	s.t.Helper()
	out, complaint, code := s.try(append([]string{"--json"}, args...)...)
	if code != 0 {
		s.t.Fatalf("vanthu %s: exit %d: %s%s", strings.Join(args, " "), code, out, complaint)
	}
	if answer == nil {
		return
	}
	s.decode(out, answer)
}

// decode reads the JSON of a verb.
func (s *scene) decode(out string, answer any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(out), answer); err != nil {
		s.t.Fatalf("%v in\n%s", err, out)
	}
}
