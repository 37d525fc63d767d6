// Package axistest is what every axis must do, as a test: one conformance suite
// (Run) that runs against the simulator with every go test and against a real
// gateway when AXIS_TEST_URL is set. It also holds Line, a connection that
// misbehaves on demand, for the tests of whatever stands on the client.
//
// The suite covers every operation and every documented error (axis.md §1.6,
// §1.8) in the three protocols; what a protocol does not have must come back as
// axis.ErrUnsupported.
//
// The gateway run sends packets between two agencies of the test system, marked
// as tests in their subject, and acknowledges only what it sent:
//
//	AXIS_TEST_URL          endpoint
//	AXIS_TEST_MODE         sdk, rest or oauth2; sdk when empty
//	AXIS_TEST_SYSTEM       system id
//	AXIS_TEST_SECRET_FILE  file with the secret
//	AXIS_TEST_FROM         code of a sending agency of the system
//	AXIS_TEST_TO           codes of receiving agencies of the system, joined by commas
//
// and, where it is so:
//
//	AXIS_TEST_UNPADDED     "1" for the SDK's form of hash-file
//	AXIS_TEST_ROOTS        PEM file with the roots of an https:// endpoint
//	AXIS_TEST_SPARE        code that may be registered and deleted
//	AXIS_TEST_LOCKED       code of an agency whose packets are refused with 23
//	AXIS_TEST_FAULTS       "1" for a simulator with --admin
package axistest
