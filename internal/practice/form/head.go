package form

import (
	"strconv"
	"strings"

	"vanthu/internal/document"
)

// blank is what a typist leaves for a number (one and 5 digits at 13 pt) and for a day
// or month: spaces, as in the forms of Annex III.
const (
	numberBlank = "           "
	dayBlank    = "      "
)

// head draws boxes 1 to 4 of Annex I: issuer and state, number and date; for
// an official letter the subject under the number (5b); the urgency (10b).
func (s *sheet) head(f Form) {
	y := max(s.issuer(f), s.state())
	s.y = y + 24
	s.number(f)
	s.date(f)
	if f.letter() {
		s.letterSubject(f.Subject)
	}
	s.urgency(f.Urgency)
}

// issuer draws boxes 2 and gives the height reached.
func (s *sheet) issuer(f Form) float64 {
	y := s.y
	width := issuerEnd - left
	if f.Superior != "" {
		for _, line := range s.column(face{regular, 12}, strings.ToUpper(f.Superior), width) {
			s.centre(face{regular, 12}, issuerMid, y, line)
			y += 15
		}
	}
	last := 0.0
	for _, line := range s.column(face{bold, 12}, strings.ToUpper(f.Issuer), width) {
		last = s.centre(face{bold, 12}, issuerMid, y, line)
		y += 15
	}
	s.rule(issuerMid, y-10, last/2)
	return y - 10
}

// state draws Quốc hiệu and Tiêu ngữ with the rule as long as the motto.
func (s *sheet) state() float64 {
	s.centre(face{bold, 12}, stateMid, s.y, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
	w := s.centre(face{bold, 13}, stateMid, s.y+15, "Độc lập - Tự do - Hạnh phúc")
	s.rule(stateMid, s.y+20, w)
	return s.y + 20
}

// number draws box 3 and remembers its blank.
func (s *sheet) number(f Form) {
	text := face{regular, 13}
	if f.Number != "" {
		s.centre(text, issuerMid, s.y, "Số: "+f.Number+"/"+f.Notation)
		return
	}
	line := "Số:" + numberBlank + "/" + f.Notation
	x := issuerMid - s.centre(text, issuerMid, s.y, line)/2
	s.layout.Number = s.blank(text, x, "Số:", numberBlank)
}

// date draws box 4 and remembers its blanks.
func (s *sheet) date(f Form) {
	text := face{italic, 13}
	if !f.Date.IsZero() {
		s.centre(text, stateMid, s.y, f.Place+", "+f.Date.Words())
		return
	}
	day := f.Place + ", ngày"
	month := day + dayBlank + "tháng"
	line := month + dayBlank + "năm " + strconv.Itoa(f.Year)
	x := stateMid - s.centre(text, stateMid, s.y, line)/2
	s.layout.Day = s.blank(text, x, day, dayBlank)
	s.layout.Month = s.blank(text, x, month, dayBlank)
}

// letterSubject draws "V/v …" 6 pt under the number.
func (s *sheet) letterSubject(subject string) {
	f := face{regular, 12}
	s.y += 5
	for _, line := range s.balanced(words(f, "V/v "+lowerFirst(subject)), issuerEnd-left-10) {
		s.y += 15
		s.centre(f, issuerMid, s.y, plain(line))
	}
}

// urgency draws the red stamp: 20, 40 or 30 × 8 mm (Annex I, III.2b).
func (s *sheet) urgency(u document.Urgency) {
	width := map[document.Urgency]float64{
		document.Urgent: 20 * mm, document.VeryUrgent: 40 * mm, document.Express: 30 * mm, document.ExpressTimed: 50 * mm,
	}[u]
	if width == 0 || s.err != nil {
		return
	}
	s.y += 14
	s.pdf.SetStrokeColor(200, 0, 0)
	s.pdf.SetTextColor(200, 0, 0)
	s.pdf.SetLineWidth(1.2)
	s.pdf.RectFromUpperLeft(issuerMid-width/2, s.y, width, 8*mm)
	s.centre(face{bold, 13}, issuerMid, s.y+4*mm+4.5, strings.ToUpper(u.String()))
	s.pdf.SetStrokeColor(0, 0, 0)
	s.pdf.SetTextColor(0, 0, 0)
	s.y += 8 * mm
}

// title draws type and subject, box 5a; an official letter has none.
func (s *sheet) title(f Form) {
	if f.letter() {
		s.y += 28
		return
	}
	middle := (left + right) / 2
	s.y += 30
	s.centre(face{bold, 14}, middle, s.y, strings.ToUpper(f.TypeName))
	last := 0.0
	for _, line := range s.balanced(words(face{bold, 14}, f.Subject), (right-left)*0.85) {
		s.y += 17
		last = s.centre(face{bold, 14}, middle, s.y, plain(line))
	}
	if last > 0 {
		s.rule(middle, s.y+6, last*0.4)
	}
	s.y += 30
}

// addressees draws box 9a: one on the line, several as a list.
func (s *sheet) addressees(f Form) {
	if len(f.To) == 0 {
		return
	}
	text := face{regular, 14}
	x := left + 70
	label := "Kính gửi: "
	s.at(text, x, s.y, label)
	x += s.width(text, label)
	for i, to := range f.To {
		if len(f.To) > 1 {
			to = "- " + strings.TrimRight(to, ".;") + map[bool]string{true: ".", false: ";"}[i == len(f.To)-1]
		}
		for _, line := range s.breakLines(words(text, to), right-x, 0) {
			s.at(text, x, s.y, plain(line))
			s.y += 18
		}
	}
	s.y += 10
}

func lowerFirst(s string) string {
	head, tail, _ := strings.Cut(s, " ")
	if head == strings.ToUpper(head) {
		return s // an abbreviation stays as it is
	}
	return strings.TrimSpace(strings.ToLower(head) + " " + tail)
}
