package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"vanthu/internal/document"
	"vanthu/internal/verdict"
	"vanthu/signer"
)

type verifyVerb struct {
	File    string `arg:"" help:"Tệp PDF."`
	Trust   string `placeholder:"THƯ-MỤC" help:"Thư mục chứng thư gốc tin cậy; không ghi: thư mục trust của cơ quan."`
	Offline bool   `help:"Không hỏi mạng về thu hồi chứng thư."`
}

// errVerdict: the check was made and the answer is not "valid".
var errVerdict = errors.New("verdict is not valid")

// Run answers with the report; the exit code is 0 only for the verdict valid.
func (v *verifyVerb) Run(c *call) error {
	f, err := c.openFile(v.File)
	if err != nil {
		return err
	}
	defer f.Close()
	trust := c.home.TrustDir()
	if v.Trust != "" {
		trust = c.path(v.Trust)
		if info, err := os.Stat(trust); err != nil || !info.IsDir() {
			return badUsage("--trust: %s không phải một thư mục", trust)
		}
	} else if _, err := os.Stat(trust); errors.Is(err, fs.ErrNotExist) {
		return badUsage("chưa có cơ quan ở %s: thêm --trust THƯ-MỤC chứa chứng thư gốc", c.home.Dir)
	}
	report, err := v.check(c, f, trust)
	if err != nil {
		return err
	}
	if err := c.say(report, func(w io.Writer) { printReport(w, report) }); err != nil {
		return err
	}
	if report.Document != verdict.Valid {
		return document.Refuse(errVerdict, fmt.Sprintf("Kết luận: %s.", report.Document.Name()), reportNext(report))
	}
	return nil
}

// check makes the report; its lists are empty rather than null, so that
// programs need not ask.
func (v *verifyVerb) check(c *call, f *os.File, trust string) (verdict.Report, error) {
	report, err := verifyFile(c.ctx, f, trust, signer.Policy{At: time.Now(), Offline: v.Offline})
	report.Signatures = filled(report.Signatures)
	for i := range report.Signatures {
		s := &report.Signatures[i]
		s.Reasons, s.ChangesAfter, s.Chain = filled(s.Reasons), filled(s.ChangesAfter), filled(s.Chain)
	}
	return report, err
}

// filled is the list itself, or an empty one instead of none.
func filled[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// reportNext is what to do about a report that is not valid: a damaged file
// is not mended by more certificates.
func reportNext(r verdict.Report) string {
	for _, s := range r.Signatures {
		if slices.Contains(s.Reasons, signer.ReasonDamagedFile) {
			return "Tệp hỏng: đề nghị nơi gửi gửi lại."
		}
	}
	return verdictNext(r.Document)
}

// verdictNext is what to do about a verdict other than valid.
func verdictNext(v verdict.Verdict) string {
	switch v {
	case verdict.ValidOffline:
		return "Kiểm tra lại khi có mạng để biết chứng thư có bị thu hồi không."
	case verdict.ExpiredValidAtSigning:
		return "Chứng thư nay đã hết hạn nhưng còn hiệu lực lúc ký; lưu kèm kết quả kiểm tra này."
	case verdict.NotEnoughData:
		return "Thêm chứng thư gốc vào thư mục tin cậy, hoặc kiểm tra lại khi có mạng."
	case verdict.Unsigned:
		return "Đề nghị nơi gửi gửi bản có chữ ký số."
	}
	return "Không tiếp nhận như bản gốc điện tử; báo cho nơi gửi."
}
