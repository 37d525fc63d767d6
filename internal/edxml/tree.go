package edxml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Namespace is that of every element of a packet.
const Namespace = "http://www.mic.gov.vn/TBT/QCVN_102_2016"

// Bounds of the tree. The deepest element of the standard lies at level 9; the
// longest text may have 1000 characters (Decree 30/2020 Annex VI), and what is
// longer than any store's key must not become a document's identity.
const (
	maxDepth = 32
	maxAlien = 256 // depth of what is skipped: encoding/xml keeps every open element
	maxNodes = 200_000
	maxText  = 8 << 10
)

// node is one element: local name, its own text trimmed, its children.
type node struct {
	name string
	text string
	kids []*node
}

// signatureElement holds the XML signature: large, foreign and always broken by
// the axis. That there was one is all that is kept.
const signatureElement = "Signature"

// parse makes the tree of a skeleton. What an XML signature holds and elements
// of foreign namespaces are left out. The encoding label is not asked: the
// bytes decide, and .NET writes "utf-16" over UTF-8.
func parse(skeleton []byte) (*node, error) {
	if !utf8.Valid(skeleton) {
		return nil, ErrEncoding
	}
	p := &parser{d: xml.NewDecoder(bytes.NewReader(skeleton))}
	root, err := p.root()
	if err != nil {
		return nil, err
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	return root, nil
}

type parser struct {
	d     *xml.Decoder
	nodes int
}

func (p *parser) token() (xml.Token, error) {
	t, err := p.d.Token()
	var syntax *xml.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return nil, fmt.Errorf("%w: line %d: %s", ErrBroken, syntax.Line, syntax.Msg)
	case err == io.EOF:
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %v", ErrBroken, err)
	}
	return t, nil
}

func (p *parser) root() (*node, error) {
	for {
		t, err := p.token()
		if err != nil {
			return nil, broken(err)
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != "edXML" || start.Name.Space != Namespace {
			return nil, fmt.Errorf("%w: root %.40q in namespace %.80q", ErrBroken, start.Name.Local, start.Name.Space)
		}
		return p.element(start.Name.Local, 1)
	}
}

// end takes what follows the root: white space is all there may be. A cut or
// doubled packet must not pass for a whole one.
func (p *parser) end() error {
	for {
		t, err := p.token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if text, ok := t.(xml.CharData); !ok || len(bytes.Trim(text, " \t\r\n\x00")) > 0 {
			return fmt.Errorf("%w: something follows the end", ErrBroken)
		}
	}
}

func (p *parser) element(name string, depth int) (*node, error) {
	if p.nodes++; p.nodes > maxNodes || depth > maxDepth {
		return nil, fmt.Errorf("nested or repeated beyond measure: %w", ErrTooLarge)
	}
	n := &node{name: name}
	var text strings.Builder
	for {
		t, err := p.token()
		if err != nil {
			return nil, broken(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.StartElement:
			if !ours(t.Name) {
				if err := p.skip(); err != nil {
					return nil, err
				}
				if t.Name.Local == signatureElement {
					n.kids = append(n.kids, &node{name: signatureElement})
				}
				continue
			}
			kid, err := p.element(t.Name.Local, depth+1)
			if err != nil {
				return nil, err
			}
			n.kids = append(n.kids, kid)
		case xml.EndElement:
			if n.text = strings.TrimSpace(text.String()); len(n.text) > maxText {
				return nil, fmt.Errorf("text of %s: %w", name, ErrTooLarge)
			}
			return n, nil
		}
	}
}

// skip passes over an element that is none of ours, however long.
func (p *parser) skip() error {
	for depth := 1; depth > 0; {
		t, err := p.token()
		if err != nil {
			return broken(err)
		}
		switch t.(type) {
		case xml.StartElement:
			if depth++; depth > maxAlien {
				return fmt.Errorf("nested beyond measure: %w", ErrTooLarge)
			}
		case xml.EndElement:
			depth--
		}
	}
	return nil
}

// ours tells whether an element belongs to the packet. The official sample
// itself uses the prefix edXML where it is not declared, and writes its XML
// signature in the packet's namespace.
func ours(name xml.Name) bool {
	return (name.Space == Namespace || name.Space == "edXML") && name.Local != signatureElement
}

// kid is the first child of that name; nil when there is none. All methods
// work on nil, so that paths through missing elements end in "".
func (n *node) kid(name string) *node {
	if n == nil {
		return nil
	}
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// any is the first child with one of the names.
func (n *node) any(names ...string) *node {
	for _, name := range names {
		if k := n.kid(name); k != nil {
			return k
		}
	}
	return nil
}

// each calls fn for every child of that name.
func (n *node) each(name string, fn func(*node)) {
	if n == nil {
		return
	}
	for _, k := range n.kids {
		if k.name == name {
			fn(k)
		}
	}
}

// flat is the element's text, or those of its children in one.
func (n *node) flat() string {
	if n == nil || len(n.kids) == 0 {
		return n.get()
	}
	var all []string
	for _, k := range n.kids {
		if text := k.flat(); text != "" {
			all = append(all, text)
		}
	}
	return strings.Join(all, "; ")
}

// find calls fn for every element of that name below, in order.
func (n *node) find(name string, fn func(*node)) {
	for _, k := range n.kids {
		if k.name == name {
			fn(k)
		} else {
			k.find(name, fn)
		}
	}
}

// get is the text at the end of a path of first children.
func (n *node) get(path ...string) string {
	for _, name := range path {
		n = n.kid(name)
	}
	if n == nil {
		return ""
	}
	return n.text
}
