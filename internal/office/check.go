package office

import (
	"fmt"
	"net/url"
	"strings"

	"vanthu/internal/document"
)

// Check finds the first thing in the settings an office cannot work with, as
// Load and Save do. Errors are *document.Problem of class ErrConfig.
func Check(h Home, o Office) error {
	if err := o.check(); err != nil {
		return explain(h, nil, err)
	}
	return nil
}

// check finds the first thing in the settings an office cannot work with; the
// error is a *badKey.
func (o Office) check() error {
	for _, find := range []func() error{o.checkAgency, o.checkAxis, o.checkWay, o.checkLink, o.checkStamps, o.checkSigning, o.checkSeries} {
		if err := find(); err != nil {
			return err
		}
	}
	return nil
}

// badKey is a setting that is absent or cannot be meant.
type badKey struct{ key, next string }

func (b *badKey) Error() string { return fmt.Sprintf("setting %s: %s", b.key, b.next) }

func missing(key, next string) error { return &badKey{key, next} }

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
		return missing("axis.url", "Ghi địa chỉ bắt đầu bằng https:// (hoặc http:// trong mạng kín).")
	}
	if o.Axis.Plain() && !o.Axis.AllowPlain {
		return missing("axis.url", "Địa chỉ http:// không mã hóa, ai ở giữa cũng đọc được. Dùng https://; chỉ khi trục nằm trong mạng kín mới ghi allow_plain = true ở mục [axis].")
	}
	if o.Axis.System == "" {
		return missing("axis.system", "Ghi mã hệ thống do đơn vị quản lý trục cấp.")
	}
	if o.Axis.SecretFile == "" {
		return missing("axis.secret_file", "Ghi tên tệp chứa khóa bí mật, ví dụ \"axis.secret\".")
	}
	return nil
}

// checkStamps looks at the time-stamp service. Its tokens are signed, so plain http
// is no danger to it.
func (o Office) checkStamps() error {
	if o.Sign.TSA == "" {
		return nil
	}
	u, err := url.Parse(o.Sign.TSA)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return missing("sign.tsa", "Ghi địa chỉ dịch vụ cấp dấu thời gian, ví dụ \"http://ca.gov.vn/tsa\", hoặc để trống.")
	}
	return nil
}

// checkWay looks at the way to the axis: protocol, certificates, proxy.
func (o Office) checkWay() error {
	switch o.Axis.Protocol {
	case "", "sdk", "rest", "oauth2":
	default:
		return missing("axis.protocol", "Ghi \"sdk\" (trục quốc gia), \"rest\" hoặc \"oauth2\" (trục của tỉnh).")
	}
	if o.Axis.ClientCert != "" && o.Axis.ClientKey == "" {
		return missing("axis.client_key", "Ghi tệp khóa đi với chứng thư ở mục client_cert.")
	}
	if o.Axis.ClientKey != "" && o.Axis.ClientCert == "" {
		return missing("axis.client_cert", "Ghi tệp chứng thư đi với khóa ở mục client_key.")
	}
	if o.Axis.Proxy == "" {
		return nil
	}
	u, err := url.Parse(o.Axis.Proxy)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return missing("axis.proxy", "Ghi địa chỉ máy chủ trung gian, ví dụ \"http://10.0.0.1:3128\", hoặc để trống.")
	}
	return nil
}

// The most a limit of the line can mean: beyond it the settings are a slip.
const (
	maxRateKbit = 10_000_000 // 10 Gbit/s
	maxBudgetMB = 1_000_000  // 1 TB a day
)

func (o Office) checkLink() error {
	switch {
	case o.Link.RateKbit < 0 || o.Link.RateKbit > maxRateKbit:
		return missing("link.rate_kbit", "Ghi số nghìn bit mỗi giây, ví dụ 128; 0 là không giới hạn.")
	case o.Link.BudgetMB < 0 || o.Link.BudgetMB > maxBudgetMB:
		return missing("link.budget_mb", "Ghi số triệu byte mỗi ngày, ví dụ 200; 0 là không có hạn mức.")
	}
	if _, err := ParseHours(o.Link.Quiet); o.Link.Quiet != "" && err != nil {
		return missing("link.quiet", "Ghi hai giờ khác nhau, ví dụ \"22:00-05:00\", hoặc để trống.")
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
