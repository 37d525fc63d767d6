package office

import (
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// lineOf finds the line of a key like "axis.url" or "leaders[2].key" in a
// settings file, counted from 1; 0 when the file does not name it. A value that
// holds tables inside itself has the line where it begins.
func lineOf(data []byte, key string) int {
	p := unstable.Parser{}
	p.Reset(data)
	table, count := "", map[string]int{}
	for p.NextExpression() {
		e := p.Expression()
		name, at := dotted(e, &p)
		switch e.Kind {
		case unstable.Table:
			table = name + "."
		case unstable.ArrayTable:
			count[name]++
			table = fmt.Sprintf("%s[%d].", name, count[name])
		case unstable.KeyValue:
			if table+name == key {
				return at
			}
		}
	}
	return 0
}

// dotted is the key of an expression and the line it stands on.
func dotted(e *unstable.Node, p *unstable.Parser) (key string, line int) {
	var parts []string
	for it := e.Key(); it.Next(); {
		n := it.Node()
		if line == 0 {
			line = p.Shape(n.Raw).Start.Line
		}
		parts = append(parts, string(n.Data))
	}
	return strings.Join(parts, "."), line
}
