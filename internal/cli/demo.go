package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"vanthu/internal/axis/axissim"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/internal/practice"
	"vanthu/ui"
)

// demoVerb opens a practice office: the same program on a home of its own,
// with the axis and the neighbours in the same process.
type demoVerb struct{}

// Help says what a first-time user needs to know.
func (demoVerb) Help() string {
	return "Mã PIN của hai khóa tập (Chủ tịch và cơ quan): " + practice.PIN + "\n" +
		"Không có --home: mọi thứ nằm trong thư mục tạm và bị xóa khi đóng."
}

// Run prepares the practice office once, opens its axis, and shows the screen.
func (demoVerb) Run(c *call) (err error) {
	if err := needTerminal(c); err != nil {
		return err
	}
	home, forget, err := demoHome(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, forget()) }()
	if conn, err := dialOwner(home); err == nil {
		conn.Close()
		return alreadyOpen()
	}
	if err := practice.Prepare(home, time.Now()); err != nil {
		return err
	}
	world, err := practice.Open(home, practice.Options{Pace: practice.Living()})
	if errors.Is(err, axissim.ErrLocked) { // a demo that is just opening here
		return alreadyOpen()
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, world.Close()) }()
	w, err := openWorkplace(home, openOptions{url: world.URL, http: &http.Client{Transport: world.Gate}, every: demoPoll})
	if err != nil {
		return err
	}
	if err := w.welcome(c.ctx, world); err != nil {
		return errors.Join(err, w.Close())
	}
	world.Live(c.ctx)
	return errors.Join(w.work(c, world.Gate), w.Close())
}

// demoPoll is how often the demo looks at its axis: often enough that an
// answer is seen while one still remembers the question.
const demoPoll = 3 * time.Second

// welcome sees to it that something waits when the screen opens for the first
// time; a kept home has its documents already and waits for nothing. The first
// letter is of our own making, so nobody looks for secrecy marks on it: that
// would wake the reader of pages before the first screen.
func (w *workplace) welcome(ctx context.Context, world *practice.World) error {
	wrote, err := world.FirstLetter(ctx)
	if err != nil || !wrote {
		return err
	}
	look := w.inbox.PageMark
	w.inbox.PageMark = nil
	_, err = w.courier.Drain(ctx)
	w.inbox.PageMark = look
	return err
}

// demoHome is the home of the demo: the one named, which is kept, or a
// temporary one that is forgotten.
func demoHome(c *call) (office.Home, func() error, error) {
	if c.homeGiven {
		return c.home, func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "vanthu-demo-")
	if err != nil {
		return office.Home{}, nil, fmt.Errorf("demo: %w", err)
	}
	return office.Home{Dir: dir}, func() error { return os.RemoveAll(dir) }, nil
}

// realOffice refuses to play in a real office's home.
func realOffice() advice {
	return advice{practice.ErrRealOffice, "Thư mục này là của một cơ quan thật.", "Chạy `vanthu demo` không có --home, hoặc chọn một thư mục trống.", false}
}

// syncVerb exchanges with the axis without a screen.
type syncVerb struct {
	inOffice
	Once bool `help:"Nhận và gửi một lượt rồi thôi."`
	Now  bool `help:"Cùng --once: kể cả trong giờ yên lặng và việc đang đợi thử lại."`
}

// synced is the answer of sync --once.
type synced struct {
	Done    int     `json:"done"`    // jobs finished
	Delayed int     `json:"delayed"` // to be tried again later
	Held    int     `json:"held"`    // need the clerk
	Waiting int     `json:"waiting"` // left in the queue
	Hold    ui.Hold `json:"hold"`    // what held the rest back: paused, quiet, budget or ""
}

// errNoAxis: the settings name no axis.
var errNoAxis = errors.New("office without an axis")

// Run drains the queue once, or goes on until it is told to stop.
func (v *syncVerb) Run(c *call) error {
	if v.Now && !v.Once {
		return badUsage("--now đi cùng --once")
	}
	if !v.Once {
		if c.place != nil {
			return alreadyOpen()
		}
		return c.inOffice(func(w *workplace) error { return w.syncOn(c) })
	}
	return c.inOffice(func(w *workplace) error {
		if w.office.Axis.URL == "" {
			return document.Refuse(errNoAxis, "Cơ quan này chưa khai báo trục liên thông.", "Ghi địa chỉ và khóa ở mục [axis] của "+filepath.Base(w.home.Config())+".")
		}
		if v.Now {
			if err := w.courier.SendNow(); err != nil {
				return err
			}
		}
		sum, err := w.courier.Drain(c.ctx)
		if err != nil {
			return err
		}
		answer := synced{sum.Done, sum.Delayed, sum.Held, sum.Waiting, hold(w.courier.State().Why)}
		return c.say(answer, func(out io.Writer) {
			fmt.Fprintf(out, "Xong %d việc, hoãn %d, chờ văn thư %d; còn %d trong hàng đợi.\n", sum.Done, sum.Delayed, sum.Held, sum.Waiting)
			if state := w.linkState(); state.Hold != ui.Free {
				fmt.Fprintln(out, state.HoldText(w.inbox.Clock()))
				fmt.Fprintln(out, nextStep(state.Hold))
			}
		})
	})
}

// syncOn owns the home and exchanges until the caller stops it.
func (w *workplace) syncOn(c *call) error {
	ctx, stop := context.WithCancel(c.ctx)
	o, err := w.listen(ctx)
	if err != nil {
		stop()
		return err
	}
	defer o.Close()
	var beside sync.WaitGroup
	defer beside.Wait()
	defer stop()
	beside.Go(func() { w.tidy.keep(ctx) })
	if err := w.courier.Run(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
