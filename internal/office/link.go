package office

import (
	"fmt"
	"strconv"
	"strings"
)

// Link is how much of the line the exchange may take, and when.
type Link struct {
	RateKbit int `toml:"rate_kbit" comment:"nhiều nhất bấy nhiêu nghìn bit mỗi giây, cả hai chiều; 0: không giới hạn"`
	// Quiet are hours in which only what is urgent moves: "22:00-05:00".
	Quiet    string `toml:"quiet" comment:"giờ yên lặng, ví dụ 22:00-05:00: chỉ văn bản khẩn và báo nhận được đi; để trống: không có"`
	BudgetMB int    `toml:"budget_mb" comment:"hạn mức mỗi ngày, triệu byte; hết thì chỉ văn bản khẩn được đi; 0: không có"`
}

// Rate is the most the line may carry, in bytes per second; 0 is no limit.
func (l Link) Rate() int64 { return int64(l.RateKbit) * 1000 / 8 }

// Budget is what may be moved in a day, in bytes; 0 is no limit.
func (l Link) Budget() int64 { return int64(l.BudgetMB) * 1_000_000 }

// Hours are a part of the day, in minutes after local midnight. From may lie
// after To: the hours then go over midnight.
type Hours struct{ From, To int }

// String is the hours as the settings write them.
func (h Hours) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
}

// QuietHours are the hours of Quiet; ok is false when there are none.
func (l Link) QuietHours() (h Hours, ok bool) {
	h, err := ParseHours(l.Quiet)
	return h, err == nil
}

// ParseHours reads hours like "22:00-05:00".
func ParseHours(s string) (Hours, error) {
	from, to, ok := strings.Cut(s, "-")
	a, err := parseMinute(strings.TrimSpace(from))
	b, err2 := parseMinute(strings.TrimSpace(to))
	if !ok || err != nil || err2 != nil || a == b {
		return Hours{}, fmt.Errorf("hours %q: want two different times like 22:00-05:00", s)
	}
	return Hours{a, b}, nil
}

// parseMinute reads a time of day, "5:00" or "05:00", as minutes after midnight.
func parseMinute(s string) (int, error) {
	hour, minute, ok := strings.Cut(s, ":")
	h, err := strconv.ParseUint(hour, 10, 8)
	m, err2 := strconv.ParseUint(minute, 10, 8)
	if !ok || err != nil || err2 != nil || h > 23 || m > 59 || len(minute) != 2 {
		return 0, fmt.Errorf("time of day %q: want one like 22:00", s)
	}
	return int(h*60 + m), nil
}
