package form

import "strings"

// signatureRoom is what is left between position and name: five empty lines,
// enough for a signature and for a seal of 36 mm around it.
const signatureRoom = 84.0

// foot draws boxes 7a to 7c and 9b: who signs, room for the signature, the
// name; and beside it who receives the document.
func (s *sheet) foot(f Form) {
	s.room(s.footHeight(f))
	s.y += 12
	start := s.y
	s.recipients(f)
	s.y = start
	for _, line := range f.Heading {
		s.centre(face{bold, bodySize}, stateMid, s.y, line)
		s.y += 17
	}
	s.signature()
	s.centre(face{bold, bodySize}, stateMid, s.y, f.Signer.Name)
}

func (s *sheet) footHeight(f Form) float64 {
	signature := 12 + float64(len(f.Heading))*17 + signatureRoom
	return max(signature, 26+float64(len(s.recipientLines(f)))*13)
}

func (s *sheet) recipients(f Form) {
	s.at(face{boldItalic, 12}, left, s.y, "Nơi nhận:")
	for _, line := range s.recipientLines(f) {
		s.y += 13
		s.at(face{regular, 11}, left, s.y, line)
	}
}

// recipientLines ends each with ";" and the last, the retained copy, with ".".
func (s *sheet) recipientLines(f Form) []string {
	list := f.Recipients
	if len(f.To) > 0 && (len(list) == 0 || list[0] != "Như trên") {
		list = append([]string{"Như trên"}, list...)
	}
	if len(list) == 0 || !strings.HasPrefix(list[len(list)-1], "Lưu:") {
		list = append(list[:len(list):len(list)], "Lưu: VT")
	}
	var out []string
	for i, r := range list {
		end := ";"
		if i == len(list)-1 {
			end = "."
		}
		text := "- " + strings.TrimRight(strings.TrimPrefix(r, "- "), ".;") + end
		for _, line := range s.breakLines(words(face{regular, 11}, text), issuerEnd-left, 0) {
			out = append(out, plain(line))
		}
	}
	return out
}
