package ui

import (
	"fmt"
	"time"

	"vanthu/internal/document"
)

// weather is what the queue says of the link.
func (m *Model) weather() []string {
	if m.o.Link == nil {
		return nil
	}
	return m.link.Weather(m.o.Clock())
}

// Weather is what the link is like, in calm sentences, the most telling first. They
// name moments and not the time since, so that nothing changes while nothing happens.
func (l LinkState) Weather(now time.Time) []string {
	lines := []string{l.condition(now)}
	for _, s := range []string{l.clockText(), l.HoldText(now), l.forecast(), l.budgetText()} {
		if s != "" {
			lines = append(lines, s)
		}
	}
	return lines
}

// condition is the state of the line and the last time it worked.
func (l LinkState) condition(now time.Time) string {
	s := "Đường truyền: "
	switch {
	case l.Idle:
		s += "đang nghỉ, không có màn hình nào mở"
	case !l.On:
		s += "đang tắt"
	case l.Online:
		s += "thông"
	case l.LastError != "":
		s += clean(l.LastError)
	default:
		s += "chưa thông"
	}
	if l.LastSuccess.IsZero() {
		s += "; chưa liên lạc được lần nào"
	} else {
		s += "; liên lạc gần nhất " + hourOf(l.LastSuccess, now)
	}
	if l.Plain {
		s += "; http không mã hóa"
	}
	return s + "."
}

// HoldText says why something is held back, until when, and what moves all the same;
// "" when nothing is.
func (l LinkState) HoldText(now time.Time) string {
	until := ""
	if !l.Until.IsZero() {
		until = " đến " + hourOf(l.Until, now)
	}
	switch l.Hold {
	case Paused:
		return "Đang tạm dừng" + until + ": mọi việc gửi, nhận nằm lại đây."
	case QuietHours:
		return "Giờ yên lặng" + until + ": chỉ văn bản khẩn và các báo nhận được đi."
	case OverBudget:
		return "Đã hết hạn mức hôm nay (" + bytesText(l.Budget) + "): chỉ văn bản khẩn được đi, việc khác đợi" + until + "."
	}
	return ""
}

// hourOf is a moment: the hour, with the day when it is not today.
func hourOf(t, now time.Time) string {
	if day(t) == day(now) {
		return shortMoment(t)[:len("15:04")]
	}
	return shortMoment(t)
}

// forecast is how much is left, how fast it goes and how long that takes.
func (l LinkState) forecast() string {
	if l.Waiting == 0 {
		return ""
	}
	s := fmt.Sprintf("Còn %d việc", l.Waiting)
	if l.Left > 0 {
		s += ", khoảng " + bytesText(l.Left)
	}
	moves := l.On && l.Online && !l.Idle && l.Hold != Paused
	if moves && l.Rate >= 1 {
		s += "; tốc độ " + bytesText(int64(l.Rate)) + "/giây"
	}
	if moves && l.ETA > 0 && l.Hold == Free {
		s += "; xong sau " + spanText(l.ETA)
	}
	return s + "."
}

// spanText is a length of time as one says it, no more exact than it is known.
func spanText(d time.Duration) string {
	minutes := int(d.Round(time.Minute).Minutes())
	switch {
	case d < time.Minute:
		return "chưa đến 1 phút"
	case minutes < 60:
		return fmt.Sprintf("khoảng %d phút", minutes)
	case d >= 24*time.Hour:
		return "hơn một ngày"
	case minutes%60 == 0:
		return fmt.Sprintf("khoảng %d giờ", minutes/60)
	}
	return fmt.Sprintf("khoảng %d giờ %d phút", minutes/60, minutes%60)
}

// budgetText is today's budget, unless it is used up: that is said already.
func (l LinkState) budgetText() string {
	switch {
	case l.Budget <= 0 || l.Hold == OverBudget:
		return ""
	case l.Lifted:
		return "Hôm nay không tính hạn mức; đã dùng " + bytesText(l.Spent) + "."
	}
	return "Hạn mức hôm nay: đã dùng " + bytesText(l.Spent) + " trong " + bytesText(l.Budget) + "."
}

// clockText says what a wrong clock does and what to do about it.
func (l LinkState) clockText() string {
	if l.Skew == 0 {
		return ""
	}
	way := "chậm"
	if l.Skew < 0 {
		way = "nhanh"
	}
	return "Giờ máy " + way + " hơn Trục " + skewText(l.Skew) + ": chỉnh lại giờ máy, kẻo ghi sai ngày giờ và bị Trục từ chối."
}

// skewText is how far two clocks are apart: minutes, hours or days.
func skewText(d time.Duration) string {
	d = d.Abs()
	switch {
	case d < 90*time.Minute:
		return fmt.Sprintf("%d phút", int(d.Round(time.Minute).Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d giờ", int(d.Hours()))
	}
	return fmt.Sprintf("%d ngày", int(d.Hours()/24))
}

// waitsFor says why a job does not move although nothing is wrong with it.
func (l LinkState) waitsFor(j Job) string {
	urgent := j.Urgency > document.Normal
	switch {
	case j.Held || j.Running:
	case l.Hold == Paused:
		return "đang tạm dừng"
	case l.Hold == QuietHours && !urgent && !j.answers():
		return "giờ yên lặng"
	case l.Hold == OverBudget && !urgent:
		return "hết hạn mức"
	}
	return ""
}
