package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
)

// streamBody reads the data of a stream whose dictionary was just read; pos is after the word "stream".
func (f *File) streamBody(p *parser, c cached, d *Dict) (cached, error) {
	if p.pos+2 > len(p.data) {
		return c, p.end()
	}
	if p.data[p.pos] == '\r' && p.data[p.pos+1] == '\n' {
		p.pos++
	}
	if p.data[p.pos] == '\n' || p.data[p.pos] == '\r' {
		p.pos++
	}
	s := &Stream{Dict: d, Offset: p.offset(p.pos)}
	end, err := f.streamEnd(s)
	if err != nil {
		return c, err
	}
	c.value = s
	return c, f.parseAt(end, 64, 1024, func(q *parser) error {
		if err := q.keyword("endstream"); err != nil {
			return err
		}
		if err := q.keyword("endobj"); err != nil {
			return err
		}
		c.loc.End = q.offset(q.pos)
		return nil
	})
}

// streamEnd finds where the data ends and sets s.Length. A /Length that does not
// lead to "endstream" is a contradiction that readers resolve differently: it is damage.
func (f *File) streamEnd(s *Stream) (int64, error) {
	v, err := f.Resolve(s.Get("Length"))
	if err != nil {
		return 0, err
	}
	n, ok := v.(Integer)
	if !ok || n < 0 || int64(n) > f.size-s.Offset {
		return 0, fmt.Errorf("%w: stream at %d has no usable length", ErrDamaged, s.Offset)
	}
	s.Length = int64(n)
	return s.Offset + s.Length, nil
}

// StreamData returns the data of a stream as it stands in the file, still encoded.
func (f *File) StreamData(s *Stream) ([]byte, error) {
	if s.Length == 0 {
		return nil, nil
	}
	if s.Length > f.size {
		return nil, fmt.Errorf("%w: stream outside the file", ErrDamaged)
	}
	return f.window(s.Offset, int(s.Length))
}

// Decode returns the decoded data of a stream, at most limit bytes (0: the
// package's own limit); more is ErrDamaged, an unknown filter ErrFilter.
func (f *File) Decode(s *Stream, limit int64) ([]byte, error) {
	if limit <= 0 || limit > maxInflate {
		limit = maxInflate
	}
	data, err := f.StreamData(s)
	if err != nil {
		return nil, err
	}
	filters, parms, err := f.filters(s)
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit && len(filters) == 0 {
		return nil, fmt.Errorf("%w: stream longer than %d bytes", ErrDamaged, limit)
	}
	for i, name := range filters {
		if data, err = f.unfilter(name, parms[i], data, limit); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// filters lists the filters of a stream with their parameters (nil for none).
func (f *File) filters(s *Stream) ([]Name, []*Dict, error) {
	v, err := f.Resolve(s.Get("Filter"))
	if err != nil || v == nil {
		return nil, nil, err
	}
	parms, err := f.Resolve(s.Get("DecodeParms"))
	if err != nil {
		return nil, nil, err
	}
	list, ok := v.(Array)
	if !ok {
		list, parms = Array{v}, Array{parms}
	}
	plist, _ := parms.(Array)
	names := make([]Name, len(list))
	dicts := make([]*Dict, len(list))
	for i, o := range list {
		if v, err = f.Resolve(o); err != nil {
			return nil, nil, err
		}
		names[i], _ = v.(Name)
		if i < len(plist) {
			if dicts[i], err = f.Dict(plist[i]); err != nil {
				return nil, nil, err
			}
		}
	}
	if len(names) > 4 {
		return nil, nil, fmt.Errorf("%w: %d filters on one stream", ErrDamaged, len(names))
	}
	return names, dicts, nil
}

func (f *File) unfilter(name Name, parms *Dict, data []byte, limit int64) ([]byte, error) {
	switch name {
	case "FlateDecode", "Fl":
		out, err := inflate(data, limit)
		if err != nil {
			return nil, err
		}
		if f.work -= int64(len(out)); f.work < 0 {
			return nil, fmt.Errorf("%w: too much to parse", ErrDamaged)
		}
		return unpredict(out, parms)
	case "ASCIIHexDecode", "AHx":
		p := &parser{data: append([]byte("<"), data...), base: -1}
		v, err := p.hex()
		if err != nil {
			return nil, err
		}
		return v.(String).Bytes, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrFilter, name)
}

func inflate(data []byte, limit int64) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: inflate: %w", ErrDamaged, err)
	}
	out, err := io.ReadAll(io.LimitReader(z, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%w: inflate: %w", ErrDamaged, err)
	}
	if int64(len(out)) > limit {
		return nil, fmt.Errorf("%w: inflates to more than %d bytes", ErrDamaged, limit)
	}
	return out, nil
}

// unpredict undoes the PNG predictors that cross-reference streams use.
func unpredict(data []byte, parms *Dict) ([]byte, error) {
	predictor := parm(parms, "Predictor", 1)
	if predictor == 1 {
		return data, nil
	}
	colors, bits, columns := parm(parms, "Colors", 1), parm(parms, "BitsPerComponent", 8), parm(parms, "Columns", 1)
	if predictor < 10 || predictor > 15 {
		return nil, fmt.Errorf("%w: predictor %d", ErrFilter, predictor)
	}
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20 {
		return nil, fmt.Errorf("%w: predictor parameters", ErrDamaged)
	}
	bpp := (colors*bits + 7) / 8
	row := (colors*bits*columns + 7) / 8
	out := make([]byte, 0, len(data))
	prev := make([]byte, row)
	for len(data) > 0 {
		line := make([]byte, row)
		kind := data[0]
		n := copy(line, data[1:])
		data = data[1+n:]
		if !unpredictRow(kind, line, prev, bpp) {
			return nil, fmt.Errorf("%w: predictor row %d", ErrDamaged, kind)
		}
		out = append(out, line[:n]...)
		prev = line
	}
	return out, nil
}

func parm(d *Dict, key Name, otherwise int) int {
	if n, ok := d.Get(key).(Integer); ok && n >= 0 && n < 1<<30 {
		return int(n)
	}
	return otherwise
}

func unpredictRow(kind byte, line, prev []byte, bpp int) bool {
	if kind > 4 {
		return false
	}
	for i := range line {
		var left, corner byte
		if i >= bpp {
			left, corner = line[i-bpp], prev[i-bpp]
		}
		switch kind {
		case 1:
			line[i] += left
		case 2:
			line[i] += prev[i]
		case 3:
			line[i] += byte((int(left) + int(prev[i])) / 2)
		case 4:
			line[i] += paeth(left, prev[i], corner)
		}
	}
	return true
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	da, db, dc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	if da <= db && da <= dc {
		return a
	}
	if db <= dc {
		return b
	}
	return c
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
