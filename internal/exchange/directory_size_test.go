package exchange_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vanthu/internal/axis"
	"vanthu/internal/document"
	"vanthu/internal/exchange"
	"vanthu/internal/viet"
	"vanthu/store"
)

// nationwide is about how many bodies the national directory has.
const nationwide = 125_000

// nation gives n bodies as the country has them: 34 provinces, their communes,
// and in each the same twenty offices and schools. Every other one has an old
// code.
func nation(n int, take func(axis.Agency)) {
	chance := rand.New(rand.NewPCG(1, 2))
	syllables := strings.Fields("An Bình Cà Châu Định Đồng Gia Hòa Hưng Khánh Lạc Long Mỹ Nam Ninh Phú Phước Quảng Sơn Tân Thạnh Thới Trung Vĩnh Xuân Yên")
	kinds := []string{"Ủy ban nhân dân", "Hội đồng nhân dân", "Đảng ủy", "Văn phòng Đảng ủy", "Phòng Kinh tế", "Phòng Văn hóa - Xã hội",
		"Trung tâm Phục vụ hành chính công", "Trạm Y tế", "Công an", "Ban Chỉ huy Quân sự", "Ủy ban Mặt trận Tổ quốc", "Hội Nông dân", "Hội Cựu chiến binh",
		"Trường Tiểu học", "Trường Trung học cơ sở", "Trường Mầm non", "Đoàn Thanh niên", "Hội Liên hiệp Phụ nữ", "Ban Tiếp công dân", "Đội Quản lý trật tự"}
	word := func() string {
		return syllables[chance.IntN(len(syllables))] + " " + syllables[chance.IntN(len(syllables))]
	}
	id := 0
	body := func(code, name, parent string) string {
		if id++; id > n {
			return ""
		}
		a := entry(code, "", name, "vxp-"+strconv.Itoa(id), parent)
		a.Email = strings.ReplaceAll(code, ".", "-") + "@chinhphu.vn"
		if id%2 == 0 {
			a.OldCode = document.Code(fmt.Sprintf("%03d.%02d.%02d.H%02d", id/1e4, id/100%100, id%100, id%63))
		}
		take(a)
		return a.ID
	}
	for p := 1; id < n; p++ {
		place := word()
		province := body(fmt.Sprintf("H%02d", p), "Ủy ban nhân dân tỉnh "+place, "")
		for c := 1; c <= 184 && id < n; c++ {
			commune := word()
			above := body(fmt.Sprintf("H%02d.%d", p, c), "Ủy ban nhân dân xã "+commune, province)
			for k := 1; k < len(kinds); k++ {
				body(fmt.Sprintf("H%02d.%d.%d", p, c, k), kinds[k]+" xã "+commune, above)
			}
		}
	}
}

func nationList(n int) (list []axis.Agency) {
	nation(n, func(a axis.Agency) { list = append(list, a) })
	return list
}

// BenchmarkDirectory also tells the 95th percentile of searches as a clerk types
// them, letter by letter.
func BenchmarkDirectory(b *testing.B) {
	d := newDirectory(b)
	if err := d.Replace(nationList(nationwide)); err != nil {
		b.Fatal(err)
	}
	b.Run("agency", func(b *testing.B) {
		for b.Loop() {
			if _, ok, err := d.Agency("H07.30.3"); !ok || err != nil {
				b.Fatal(ok, err)
			}
		}
	})
	b.Run("typing", func(b *testing.B) {
		var times []time.Duration
		for b.Loop() {
			for _, text := range []string{"ubnd xa dinh my", "uy ban nhan dan tinh an", "Trạm Y tế xã Phú Quảng", "phong kinh te vinh hoa", "h07.30.3", "000.55", "truong mam non khong co dau"} {
				for i := range text {
					began := time.Now()
					if _, err := d.Search(b.Context(), text[:i+1], 50); err != nil {
						b.Fatal(err)
					}
					times = append(times, time.Since(began))
				}
			}
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)*95/100].Microseconds())/1000, "p95-ms")
		b.ReportMetric(float64(times[len(times)-1].Microseconds())/1000, "max-ms")
	})
	b.Run("replace", func(b *testing.B) {
		list := nationList(nationwide)
		for b.Loop() {
			if err := d.Replace(list); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// nationVar makes TestNationChild a process that syncs with the axis at the URL
// that is its value, and tells its peak of memory.
const nationVar = "VANTHU_TEST_NATION"

// TestNationChild is the process whose memory TestNationInLittleMemory measures.
func TestNationChild(t *testing.T) {
	url := os.Getenv(nationVar)
	if url == "" {
		t.Skip("a child of TestNationInLittleMemory")
	}
	debug.FreeOSMemory()
	idle := peak(t)
	s, err := store.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client, err := axis.New(axis.Config{URL: url, System: "xa", Secret: []byte("x"), PlainAllowed: true})
	if err != nil {
		t.Fatal(err)
	}
	d := &exchange.Directory{Store: s, Clock: time.Now, Fold: viet.Fold, TempDir: t.TempDir()}
	e := &exchange.Exchange{Axis: client, Store: s, Directory: d, Clock: time.Now, TempDir: t.TempDir()}
	for range 2 { // the second on top of the first
		if err := e.Handlers()["agencies"](context.Background(), store.Job{}, func(int64, int64) {}); err != nil {
			t.Fatal(err)
		}
	}
	_, n, err := d.Age()
	fmt.Printf("peak %d %d %d %v\n", idle, peak(t), n, err)
}

// racing tells that the race detector is on.
func racing() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// peak is the most memory this process had so far, in KB.
func peak(t *testing.T) (kb int) {
	t.Helper()
	f, err := os.Open("/proc/self/status")
	if err != nil {
		t.Skip("no /proc here")
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if _, err := fmt.Sscanf(lines.Text(), "VmHWM: %d kB", &kb); err == nil {
			return kb
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

// The national directory goes from the wire into the store in little memory,
// also on top of one that is there.
func TestNationInLittleMemory(t *testing.T) {
	if testing.Short() || racing() {
		t.Skip("moves the national directory twice, and the race detector has memory of its own")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/getAgenciesList") {
			fmt.Fprint(w, `{"status":"FAIL","ErrorCode":"-1","ErrorDesc":"","data":[]}`)
			return
		}
		fmt.Fprint(w, `{"status":"OK","ErrorCode":"0","ErrorDesc":"","data":[null`)
		out := json.NewEncoder(w)
		nation(nationwide, func(a axis.Agency) {
			fmt.Fprint(w, ",")
			_ = out.Encode(map[string]string{"id": a.ID, "pid": a.Parent, "code": string(a.Code), "name": a.Name, "mail": a.Email, "oldCode": string(a.OldCode)})
		})
		fmt.Fprint(w, "]}")
	}))
	defer server.Close()
	child := exec.Command(os.Args[0], "-test.run=^TestNationChild$", "-test.v")
	child.Env = append(os.Environ(), nationVar+"="+server.URL)
	out, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var idle, most, n int
	i := strings.Index(string(out), "peak ")
	if i < 0 {
		t.Skipf("nothing measured: %s", out)
	}
	if _, err := fmt.Sscanf(string(out[i:]), "peak %d %d %d", &idle, &most, &n); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%d agencies; idle %d KB, peak %d KB", n, idle, most)
	if n != nationwide || most-idle > 64<<10 {
		t.Errorf("%d agencies in %d KB above idle", n, most-idle)
	}
}
