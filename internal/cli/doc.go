// Package cli is the command line of vanthu: one verb per act of the clerk,
// each with a text for people and one JSON object for programs, and the one
// place where the parts of the program are joined.
//
// Run is the program without its process: arguments and streams in, exit code
// out. grammar lists the verbs; each verb is a struct whose fields are its
// words and whose Run does the work by calling a desk. A verb adds nothing to
// what the desks decide; it reads words, resolves paths, and prints.
//
// workplace (open.go) is an open office: store, desks, courier, exchange, keys.
// One process owns a home at a time. While a screen is open that process is
// the owner, and verbs typed elsewhere run in it through the home's socket
// (owner.go); what a verb needs from its caller (folder, PIN) travels along.
//
// The way to the axis is made in line.go from the settings, and shown to the
// screen by link.go; clock.go remembers a wrong clock, tidy.go removes what
// nothing names any more.
//
// Rules: exit code 0 done, 1 could not be done, 2 wrong words; the reason and
// the next step on one line of stderr (advice.go); with --json one object on
// stdout and nothing else. No PIN in arguments, logs or the journal.
//
// Start reading at run.go, then grammar.go and open.go.
package cli
