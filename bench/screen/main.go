// Screen measures what a person at the desk feels: the time from exec to the
// first full frame, bytes and time of one row down, bytes while idle.
//
//	go run ./bench/screen [-runs 20] [-rows 50] [-marker TEXT] -- ./vanthu --home DIR
//
// While the program exchanges with an axis its own news count among the bytes of
// a row; the times stay true.
//
// Times vary with the machine: compare them with a run of another program or
// another revision beside it. Bytes are exact.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"vanthu/internal/terminal"
)

type options struct {
	width, height, runs, rows int
	marker, list, listMarker  string
	mark                      string
	idle                      time.Duration
	command                   []string
}

func main() {
	var o options
	flag.IntVar(&o.width, "width", 80, "columns of the terminal")
	flag.IntVar(&o.height, "height", 24, "rows of the terminal")
	flag.IntVar(&o.runs, "runs", 20, "starts to measure")
	flag.IntVar(&o.rows, "rows", 50, "rows to move down; a tidy home has 60 open ones")
	flag.StringVar(&o.marker, "marker", "Thoát", "text on the last line of the first full frame")
	flag.StringVar(&o.list, "list", "2", "keys that open the long list")
	flag.StringVar(&o.listMarker, "list-marker", "Văn bản đến", "text that shows the list is open")
	flag.StringVar(&o.mark, "mark", ">", "what the chosen row begins with")
	flag.DurationVar(&o.idle, "idle", 5*time.Second, "how long to watch an idle screen")
	flag.Parse()
	o.command = flag.Args()
	if len(o.command) == 0 {
		fmt.Fprintln(os.Stderr, "usage: screen [flags] -- COMMAND [ARG ...]")
		os.Exit(2)
	}
	if err := o.measure(); err != nil {
		fmt.Fprintln(os.Stderr, "screen:", err)
		os.Exit(1)
	}
}

func (o options) measure() error {
	var starts []time.Duration
	for range o.runs {
		d, err := o.firstFrame()
		if err != nil {
			return err
		}
		starts = append(starts, d)
	}
	report("first full frame, ms", milliseconds(starts))
	return o.moveAndRest()
}

// start runs the command and waits for its first full frame. The time is that
// of the last byte of the frame.
func (o options) start() (*terminal.Terminal, time.Duration, error) {
	began := time.Now()
	t, err := terminal.Start(exec.Command(o.command[0], o.command[1:]...), o.width, o.height)
	if err != nil {
		return nil, 0, err
	}
	err = t.Await(10*time.Second, func(s string) bool { return strings.Contains(s, o.marker) })
	if err != nil {
		defer t.Close()
		return nil, 0, fmt.Errorf("first frame: %w\n%s", err, t.Screen())
	}
	_, last := t.Bytes()
	return t, last.Sub(began), nil
}

func (o options) firstFrame() (time.Duration, error) {
	t, d, err := o.start()
	if err != nil {
		return 0, err
	}
	defer t.Close()
	if err := t.Send("q"); err != nil {
		return 0, err
	}
	_, err = t.Wait(5 * time.Second)
	return d, err
}

func (o options) moveAndRest() error {
	t, _, err := o.start()
	if err != nil {
		return err
	}
	defer t.Close()
	if err := t.Send(o.list); err != nil {
		return err
	}
	if err := t.Await(5*time.Second, func(s string) bool { return strings.Contains(s, o.listMarker) }); err != nil {
		return fmt.Errorf("open the list: %w\n%s", err, t.Screen())
	}
	t.Quiet(500 * time.Millisecond)
	sizes, times, err := o.move(t)
	if err != nil {
		return err
	}
	report("one row down, bytes", sizes)
	report("one row down, ms", milliseconds(times))
	t.Quiet(time.Second)
	before, _ := t.Bytes()
	time.Sleep(o.idle)
	after, _ := t.Bytes()
	fmt.Printf("%-24s %d in %v\n", "idle, bytes", after-before, o.idle)
	return nil
}

func (o options) move(t *terminal.Terminal) (sizes []float64, times []time.Duration, err error) {
	for range o.rows {
		before, _ := t.Bytes()
		row := o.chosen(t.Screen())
		pressed := time.Now()
		if err := t.Send("j"); err != nil {
			return nil, nil, err
		}
		err := t.Await(5*time.Second, func(s string) bool { return o.chosen(s) != row })
		if err != nil {
			return nil, nil, fmt.Errorf("one row down: %w\n%s", err, t.Screen())
		}
		_, last := t.Bytes()
		t.Quiet(60 * time.Millisecond)
		after, _ := t.Bytes()
		sizes = append(sizes, float64(after-before))
		times = append(times, last.Sub(pressed))
	}
	return sizes, times, nil
}

// chosen is the line of the screen with the mark of the chosen row.
func (o options) chosen(screen string) string {
	for line := range strings.Lines(screen) {
		if strings.HasPrefix(line, o.mark) {
			return line
		}
	}
	return ""
}

func milliseconds(ds []time.Duration) []float64 {
	var ms []float64
	for _, d := range ds {
		ms = append(ms, float64(d.Microseconds())/1000)
	}
	return ms
}

func report(what string, values []float64) {
	slices.Sort(values)
	at := func(p float64) float64 { return values[min(len(values)-1, int(p*float64(len(values))))] }
	fmt.Printf("%-24s p50 %.1f  p95 %.1f  max %.1f  (n=%d)\n", what, at(.5), at(.95), values[len(values)-1], len(values))
}
