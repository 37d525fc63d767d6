package edxml

import (
	"fmt"
	"io"
)

// Defaults of ReadOptions. Real attachments of 2 to 5 MB are common, one client
// in the field stops at 50; the limit of the axis is not known.
const (
	DefaultMaxPacket = 400 << 20
	DefaultMaxFile   = 200 << 20
)

// ReadOptions say where attachments go and how much may come.
type ReadOptions struct {
	Dir       string // folder for the attachments; "" is the system's folder for temporary files
	MaxPacket int64  // bytes of the packet, half of those of all attachments unpacked; 0 means DefaultMaxPacket
	MaxFile   int64  // bytes of one attachment, packed or unpacked; 0 means DefaultMaxFile
}

func (o ReadOptions) defaults() ReadOptions {
	if o.MaxPacket <= 0 {
		o.MaxPacket = DefaultMaxPacket
	}
	if o.MaxFile <= 0 {
		o.MaxFile = DefaultMaxFile
	}
	return o
}

// Read takes a packet apart. Attachments stream into files under o.Dir with
// temporary names, which are the caller's afterwards (Packet.Remove); memory
// does not grow with them. On error no file is left. Errors are of class
// ErrBroken, ErrTooLarge or ErrForbidden, or come from r and the disk.
func Read(r io.Reader, o ReadOptions) (*Packet, error) {
	o = o.defaults()
	files := &spools{dir: o.Dir, max: o.MaxFile, left: 2 * o.MaxPacket}
	p, err := read(r, o, files)
	keep := map[string]bool{}
	if err == nil && p.Document != nil {
		for _, a := range p.Document.Attachments {
			keep[a.Path] = true
		}
	}
	files.keepOnly(keep)
	if err != nil {
		return nil, fmt.Errorf("read packet: %w", err)
	}
	return p, nil
}

func read(r io.Reader, o ReadOptions, files *spools) (*Packet, error) {
	skeleton, err := split(r, o.MaxPacket, files)
	if err != nil {
		return nil, err
	}
	root, err := parse(skeleton)
	if err != nil {
		return nil, err
	}
	header := root.kid("edXMLEnvelope").kid("edXMLHeader")
	message := header.kid("MessageHeader")
	if message == nil {
		return nil, fmt.Errorf("%w: no MessageHeader", ErrBroken)
	}
	p := &Packet{Sealed: header.kid(signatureElement) != nil}
	if isStatus(message) {
		p.readStatus(message)
		return p, nil
	}
	p.readDocument(message, header.kid("TraceHeaderList"))
	return p, p.readAttachments(root, files)
}

// isStatus tells the two kinds apart: a report has a StatusCode; one that lost
// it still answers something and is addressed to nobody.
func isStatus(message *node) bool {
	if message.kid("StatusCode") != nil {
		return true
	}
	return message.kid("ResponseFor") != nil && message.kid("To") == nil && message.kid("Subject") == nil
}

// maxWarnings bounds what one packet can tell the clerk.
const maxWarnings = 20

func (p *Packet) warn(format string, a ...any) {
	if len(p.Warnings) >= maxWarnings {
		return
	}
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, a...))
}
