package axissim

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// ErrFault: a text that is no rule.
var ErrFault = errors.New("not a fault rule")

// Rule is a fault and which requests meet it. Its text form is
// NAME[:ARGUMENT][@OPERATION][*TIMES], for example "cut:2000@getEdoc*3": the
// next three answers to getEdoc are cut after 2000 bytes.
type Rule struct {
	Name      string
	Argument  string
	Operation string // "" for all
	Times     int    // requests still to spoil; negative for all
	fault     Fault
}

// String is the text form.
func (r Rule) String() string {
	s := r.Name
	if r.Argument != "" {
		s += ":" + r.Argument
	}
	if r.Operation != "" {
		s += "@" + r.Operation
	}
	if r.Times >= 0 {
		s += "*" + strconv.Itoa(r.Times)
	}
	return s
}

// FaultNames tells every fault with an example of its argument, for help texts.
func FaultNames() []string {
	return []string{"latency:2s", "drop", "lose", "twice", "cut:2000", "cut-upload:2000", "trickle:100/50ms",
		"bandwidth:16000",
		"page:500", "status:500", "empty", "busy", "refuse:22", "refuse-to:H40.1", "clock:-72h0m0s", "reorder", "repeat", "null-rows"}
}

// ParseFault reads one rule.
func ParseFault(text string, wait Wait) (Rule, error) {
	m := regexp.MustCompile(`^([a-z-]+)(?::([!-)+-?A-~]+))?(?:@([A-Za-z0-9]+))?(?:\*([0-9]{1,9}))?$`).FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return Rule{}, fmt.Errorf("%w: %q", ErrFault, text)
	}
	r := Rule{Name: m[1], Argument: m[2], Operation: m[3], Times: -1}
	if m[4] != "" {
		r.Times, _ = strconv.Atoi(m[4]) // at most nine digits
	}
	var err error
	if r.fault, err = build(r.Name, r.Argument, wait); err != nil {
		return Rule{}, fmt.Errorf("%w: %q: %w", ErrFault, text, err)
	}
	return r, nil
}

// ParseFaults reads rules, passing over blank texts.
func ParseFaults(texts []string, wait Wait) (all []Rule, err error) {
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue
		}
		r, err := ParseFault(text, wait)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// build makes the fault of a name.
func build(name, argument string, wait Wait) (Fault, error) {
	plain := map[string]Fault{
		"drop": Drop, "lose": Lose, "twice": Twice, "busy": Refuse("20"), "empty": Empty(),
		"reorder": Reorder(), "repeat": RepeatRows(), "null-rows": NullRows(),
	}
	if f, ok := plain[name]; ok && argument == "" {
		return f, nil
	}
	argued := map[string]func(string) (Fault, error){
		"latency":    func(s string) (Fault, error) { d, err := duration(s); return Latency(d, wait), err },
		"cut":        func(s string) (Fault, error) { n, err := count(s, 0); return Cut(n), err },
		"cut-upload": func(s string) (Fault, error) { n, err := count(s, 0); return CutUpload(int64(n)), err },
		"page":       func(s string) (Fault, error) { n, err := httpStatus(s); return Page(n), err },
		"status":     func(s string) (Fault, error) { n, err := httpStatus(s); return Status(n), err },
		"refuse":     func(s string) (Fault, error) { return Refuse(s), nil },
		"refuse-to":  func(s string) (Fault, error) { return RefuseRecipient(s), nil },
		"trickle":    func(s string) (Fault, error) { return trickle(s, wait) },
		"bandwidth":  func(s string) (Fault, error) { n, err := count(s, 1); return Bandwidth(n, wait), err },
		"clock":      func(s string) (Fault, error) { d, err := time.ParseDuration(s); return Clock(d), err },
	}
	if f, ok := argued[name]; ok && argument != "" {
		return f(argument)
	}
	return nil, errors.New("no such fault, or its argument is missing or too much")
}

// trickle reads "100/50ms": bytes and the pause before each.
func trickle(s string, wait Wait) (Fault, error) {
	size, pause, _ := strings.Cut(s, "/")
	n, err := count(size, 1)
	if err != nil {
		return nil, err
	}
	d, err := duration(pause)
	return Trickle(n, d, wait), err
}

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err == nil && d < 0 {
		err = errors.New("a negative time")
	}
	return d, err
}

func count(s string, least int) (int, error) {
	n, err := strconv.Atoi(s)
	if err == nil && n < least {
		err = fmt.Errorf("less than %d", least)
	}
	return n, err
}

func httpStatus(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err == nil && (n < 200 || n > 599) {
		err = errors.New("no final HTTP status")
	}
	return n, err
}
