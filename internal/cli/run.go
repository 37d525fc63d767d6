package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"vanthu/internal/office"
)

// Exit codes of the program.
const (
	Done   = 0 // what was asked for is done
	Failed = 1 // it could not be done; the reason and the next step are on stderr
	Misuse = 2 // the words on the command line are wrong
)

// Run is the program: args without its name, the three streams, the exit code.
// It never calls os.Exit and never writes anywhere else.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	cwd, err := os.Getwd()
	if err != nil {
		return complain(stderr, fmt.Errorf("working folder: %w", err))
	}
	return run(&call{ctx: ctx, args: args, in: stdin, out: stdout, err: stderr, cwd: cwd})
}

// run parses the words of a call and does what they say, here or in the
// process that owns the home.
func run(c *call) int {
	verb, err := parse(c)
	switch {
	case errors.Is(err, errHelped):
		return Done
	case err != nil:
		return complain(c.err, err)
	}
	if need, ok := verb.Selected().Target.Addr().Interface().(pinUser); ok && c.pin == nil {
		if c.pin, err = need.pinSource().read(c); err != nil {
			return complain(c.err, err)
		}
		defer c.pin.Zero()
	}
	if _, ok := verb.Selected().Target.Addr().Interface().(officeUser); ok && c.place == nil {
		if code, done := forward(c); done {
			return code
		}
	}
	err = verb.Run(c, verb)
	if errors.Is(err, errOwned) {
		if code, done := forward(c); done {
			return code
		}
	}
	if err != nil {
		return complain(c.err, err)
	}
	return Done
}

// parse reads the words into the call and finds the verb they name.
func parse(c *call) (*kong.Context, error) {
	var g grammar
	k, err := kong.New(&g, kong.Name("vanthu"), kong.Description(about), kong.NoDefaultHelp(),
		kong.Writers(c.out, c.err), kong.Bind(c), kong.Exit(func(int) {}))
	if err != nil {
		return nil, fmt.Errorf("grammar: %w", err)
	}
	verb, err := k.Parse(c.args)
	if err != nil {
		return nil, misuse(err)
	}
	c.json, c.home = g.JSON, office.DefaultHome()
	if c.homeGiven = g.Home != ""; c.homeGiven {
		if c.home, err = office.HomeAt(c.path(g.Home)); err != nil {
			return nil, err
		}
	}
	return verb, nil
}
