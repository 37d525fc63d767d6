package office

import (
	"fmt"
	"net/url"
	"strings"

	"vanthu/internal/document"
)

// Check finds the first thing in the settings an office cannot work with, as
// Load and Save do. Errors are *document.Problem of class ErrConfig.
func Check(h Home, o Office) error { return o.check(h) }

// check finds the first thing in the settings an office cannot work with.
func (o Office) check(h Home) error {
	for _, find := range []func() error{o.checkAgency, o.checkAxis, o.checkSigning, o.checkSeries} {
		if err := find(); err != nil {
			return explain(h, err)
		}
	}
	return nil
}

// missing is a setting that is absent or cannot be meant.
func missing(key, next string) error {
	return document.Refuse(ErrConfig, fmt.Sprintf("mục %q thiếu hoặc không dùng được", key), next)
}

func (o Office) checkAgency() error {
	if _, err := document.ParseCode(string(o.Agency.Code)); err != nil || !o.Agency.Code.Receives() {
		return missing("agency.code", codeAdvice)
	}
	for _, need := range []struct{ key, value, next string }{
		{"agency.name", o.Agency.Name, "Ghi tên đầy đủ của cơ quan."},
		{"abbr", o.Abbr, "Ghi chữ viết tắt trong ký hiệu văn bản, ví dụ \"UBND\"."},
		{"place", o.Place, "Ghi địa danh ở dòng ngày tháng, ví dụ \"Định Mỹ\"."},
		{"clerk.name", o.Clerk.Name, "Ghi họ tên văn thư."},
	} {
		if strings.TrimSpace(need.value) == "" {
			return missing(need.key, need.next)
		}
	}
	if o.Typing != "" && o.Typing != "telex" && o.Typing != "vni" {
		return missing("typing", "Ghi \"telex\", \"vni\" hoặc để trống.")
	}
	return nil
}

// maxPoll is the longest time between two looks at the axis, in minutes: a day.
const maxPoll = 24 * 60

func (o Office) checkAxis() error {
	if o.Axis.PollMinutes < 0 || o.Axis.PollMinutes > maxPoll {
		return missing("axis.poll_minutes", "Ghi số phút giữa hai lần hỏi trục, từ 1 đến 1440.")
	}
	if o.Axis.URL == "" {
		return nil
	}
	u, err := url.Parse(o.Axis.URL)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return missing("axis.url", "Ghi địa chỉ bắt đầu bằng https:// (hoặc http:// khi tập).")
	}
	if o.Axis.System == "" {
		return missing("axis.system", "Ghi mã hệ thống do đơn vị quản lý trục cấp.")
	}
	if o.Axis.SecretFile == "" {
		return missing("axis.secret_file", "Ghi tên tệp chứa khóa bí mật, ví dụ \"axis.secret\".")
	}
	return nil
}

func (o Office) checkSigning() error {
	if d := o.Seal.DiameterMM; !(d >= 0 && d <= 100) { // NaN neither
		return missing("seal.diameter_mm", "Ghi đường kính thật của con dấu, tính bằng mi-li-mét.")
	}
	keys := []struct{ name, ref string }{{"seal.key", o.Seal.Key}}
	for i, l := range o.Leaders {
		keys = append(keys, struct{ name, ref string }{fmt.Sprintf("leaders[%d].key", i+1), l.Key})
		if strings.TrimSpace(l.Name) == "" {
			return missing(fmt.Sprintf("leaders[%d].name", i+1), "Ghi họ tên người ký.")
		}
	}
	for _, k := range keys {
		if k.ref == "" || strings.HasPrefix(k.ref, "token:") {
			continue
		}
		if !strings.HasPrefix(k.ref, "file:") {
			return missing(k.name, "Ghi \"token:SERIAL/ID\" (xem `vanthu token list`) hoặc \"file:keys/….p12\".")
		}
		if !o.AllowSoftKeys {
			return missing(k.name, "Khóa nằm trong tệp chỉ dùng để tập: đặt allow_soft_keys = true, hoặc dùng thiết bị ký.")
		}
	}
	return nil
}

func (o Office) checkSeries() error {
	seen := map[string]bool{}
	for i, s := range o.Series {
		if s.Name == "" || seen[s.Name] {
			return missing(fmt.Sprintf("series[%d].name", i+1), "Mỗi dãy số có một tên riêng.")
		}
		seen[s.Name] = true
		for _, t := range s.Types {
			if _, ok := document.TypeByName(t); !ok {
				return missing(fmt.Sprintf("series[%d].types", i+1),
					fmt.Sprintf("%q không phải tên loại văn bản của Nghị định 30/2020/NĐ-CP.", t))
			}
		}
	}
	return nil
}
