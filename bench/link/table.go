//go:build linux

package main

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"
)

// print writes the table.
func (p plan) print(to io.Writer, ways []*way) {
	fmt.Fprintf(to, "%d documents × %d bytes, %d kbit/s, %v each way, %g %% loss, cut %v for %v, server's congestion control %s, seed %d\n",
		p.docs, p.size, p.rate/1000, p.delay, p.loss*100, p.cut, p.off, cmp.Or(p.congestion, "of the system"), p.seed)
	t := tabwriter.NewWriter(to, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "client\tway\tdocs\ts\tempty s\tgoodput\tlimit\tgoodput÷limit\tTLS÷file\tbehind holes\tIP÷file\tother way\tconns\t")
	for _, w := range ways {
		if w.began.IsZero() {
			fmt.Fprintf(t, "%s\t%s\tfailed\t\n", w.client, direction(w.up))
			continue
		}
		files := float64(max(1, w.arrived) * w.size)
		empty := "-"
		if !w.empty.IsZero() {
			empty = fmt.Sprintf("%.1f", w.empty.Sub(w.began).Seconds())
		}
		fmt.Fprintf(t, "%s\t%s\t%d/%d\t%.1f\t%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t\n", w.client, direction(w.up), w.arrived, w.docs,
			w.ended.Sub(w.began).Seconds(), empty, w.goodput(), w.limit, w.goodput()/w.limit,
			float64(w.traffic.stream[in])/files, float64(w.traffic.holes[in])/files, float64(w.traffic.ip[in])/files, float64(w.traffic.stream[out])/files, w.traffic.conns)
	}
	t.Flush()
}
