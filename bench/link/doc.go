//go:build linux

// Link measures how vanthu moves documents over a bad line: 4 documents of
// 300 KB of random bytes, down and up, over 128 kbit/s, 300 ms each way and 5 %
// loss of packets, once as it is and once with everything cut every 20 seconds.
//
//	bench/link/run [-cut 20s] [-only offering,down] [-seed 1] [-trace]
//
// The line is the packet emulator of ../shared/tools/badlink (or $BADLINK): two
// network namespaces with real kernel TCP between them. In one runs `vanthu axis
// serve` with TLS under an authority made for the run, in the other `vanthu sync`
// on an office made for the run. Linux, as root. All of a run's ways are
// measured at once, each on a line of its own, in less than 3 minutes.
//
// Three clients are measured. "naive" is what the SDK and most programs do: the
// whole packet as base64 in the JSON of getEdoc, and from zero again when it
// broke. "plain" is vanthu with a server that offers nothing beyond SDK 2.0.1,
// "offering" vanthu with one that offers Range, compression and tus.
//
// The office has exchanged before: it knows the axis and today's directory, and
// what the axis offers it has still to ask. A way's time runs from the start of the program until the last document is in
// the books of its recipient: the register of the office, or the axis. "empty" is
// when the queue of the office was empty as well. limit is what the line could
// carry of payload: (1 − loss) × 1348/1400 × the share of the time it was up.
// Bytes are counted at the receiving end of the line: those of the TCP streams,
// each once ("under TLS"), and those of the IP packets that arrived. "behind holes"
// are bytes of the former that arrived before a cut, but after a lost packet that
// never came: no program can have them.
//
// Start reading at way.go.
package main
