package ui

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// slowFPS is the frame rate over a remote line: fewer, whole frames.
const slowFPS = 15

// Run shows the screens until the clerk leaves or ctx ends. Leaving is no error.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(env), tea.WithFilter(knownSize)}
	if remote(env) {
		options = append(options, tea.WithFPS(slowFPS))
	}
	_, err := tea.NewProgram(newModel(ctx, o), options...).Run()
	if err != nil && !(errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil) {
		return fmt.Errorf("screen: %w", err)
	}
	return nil
}

// knownSize takes a terminal that does not know its size (a serial line, script without
// a terminal) for one of 80×24, instead of drawing nothing and hearing no key.
func knownSize(_ tea.Model, msg tea.Msg) tea.Msg {
	if s, ok := msg.(tea.WindowSizeMsg); ok && (s.Width <= 0 || s.Height <= 0) {
		return tea.WindowSizeMsg{Width: 80, Height: 24}
	}
	return msg
}

func remote(env []string) bool {
	for _, e := range env {
		if strings.HasPrefix(e, "SSH_CONNECTION=") {
			return true
		}
	}
	return false
}
