// Package journey holds the tests that use vanthu as people do: the real
// binary, in a real terminal or by its subcommands, against the axis simulator
// in another process. Each test is named after a clerk's task.
//
// office_test.go sets the scene: the built binary, a practice authority with a
// leader and an agency key, the simulator, a neighbour who sends and receives.
//
//	go test ./internal/journey                      short runs
//	go test ./internal/journey -run Crash -kills 200
package journey
