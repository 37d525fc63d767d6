package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vanthu/inbox"
	"vanthu/internal/document"
	"vanthu/internal/office"
	"vanthu/signer"
	"vanthu/store"
)

// initVerb sets up an office: its settings file and an empty store.
type initVerb struct {
	Code       string   `required:"" placeholder:"MÃ" help:"Mã định danh của cơ quan."`
	Name       string   `required:"" placeholder:"TÊN" help:"Tên đầy đủ của cơ quan."`
	Abbr       string   `default:"UBND" placeholder:"CHỮ" help:"Chữ viết tắt trong ký hiệu văn bản."`
	Place      string   `required:"" placeholder:"ĐỊA-DANH" help:"Địa danh ở dòng ngày tháng."`
	Clerk      string   `required:"" placeholder:"TÊN" help:"Họ tên văn thư."`
	Leader     string   `placeholder:"TÊN" help:"Họ tên người ký."`
	Position   string   `default:"Chủ tịch" placeholder:"CHỨC-VỤ" help:"Chức vụ người ký."`
	Competence string   `default:"TM." placeholder:"QUYỀN-HẠN" help:"Quyền hạn ký: TM., KT., TL., TUQ., Q."`
	LeaderKey  string   `placeholder:"KHÓA" help:"Khóa của người ký: token:SERIAL/ID, hoặc file:TỆP khi tập."`
	SealKey    string   `placeholder:"KHÓA" help:"Khóa của cơ quan: token:SERIAL/ID, hoặc file:TỆP khi tập."`
	SealMM     float64  `name:"seal-mm" default:"36" placeholder:"SỐ" help:"Đường kính thật của con dấu, mi-li-mét."`
	Axis       string   `placeholder:"URL" help:"Địa chỉ trục liên thông."`
	Protocol   string   `default:"sdk" enum:"sdk,rest,oauth2" placeholder:"KIỂU" help:"Cách nói chuyện với trục: sdk (trục quốc gia), rest hoặc oauth2 (trục của tỉnh)."`
	System     string   `placeholder:"MÃ" help:"Mã hệ thống trên trục."`
	Secret     string   `placeholder:"TỆP" help:"Tệp chứa khóa bí mật của trục; được chép vào thư mục của cơ quan."`
	Roots      string   `placeholder:"TỆP" help:"Chứng thư gốc riêng của trục, PEM; được chép vào thư mục của cơ quan."`
	Trust      []string `placeholder:"TỆP" sep:"none" help:"Chứng thư gốc tin cậy; được chép vào thư mục của cơ quan."`
	Unit       []string `placeholder:"TÊN=VIẾT-TẮT" sep:"none" help:"Đơn vị và chữ viết tắt trong ký hiệu công văn; dùng nhiều lần được."`
	Module     []string `placeholder:"TỆP" sep:"none" help:"Thư viện PKCS#11 của thiết bị ký; không ghi: tự tìm."`
	Practice   bool     `help:"Cơ quan để tập: cho phép khóa nằm trong tệp."`
	Opening    int      `placeholder:"SỐ" help:"Số đến đầu tiên, khi bắt đầu giữa năm; không ghi: 1."`
}

// initialized is the answer of init.
type initialized struct {
	Home   string        `json:"home"`
	Config string        `json:"config"`
	Code   document.Code `json:"code"`
	Plain  bool          `json:"plain"` // the axis is spoken with unencrypted
}

// plainWords are said where an office is set up with http://.
const plainWords = "Lưu ý: địa chỉ trục là http://, không mã hóa; chỉ dùng được vì nằm trong mạng kín hoặc trên chính máy này."

// errOfficeExists: the home has an office already.
var errOfficeExists = errors.New("office exists")

func (v *initVerb) Run(c *call) error {
	if c.home.Exists() {
		return document.Refuse(errOfficeExists, "Thư mục "+c.home.Dir+" đã có một cơ quan.", "Chọn thư mục khác bằng --home, hoặc sửa tệp "+c.home.Config()+".")
	}
	o, err := v.office(c)
	if err != nil {
		return err
	}
	if o.Axis.Plain() && !o.Axis.AllowPlain {
		return document.Refuse(office.ErrConfig, "Địa chỉ http:// không mã hóa, và "+o.Axis.URL+" không chắc nằm trong mạng kín.",
			"Dùng https://. Nếu trục chỉ có http:// trong mạng kín: thiết lập không có --axis, rồi ghi url, system và allow_plain = true ở mục [axis] của vanthu.toml.")
	}
	if err := office.Check(c.home, o); err != nil {
		return err // before anything is made
	}
	files, err := v.readFiles(c)
	if err != nil {
		return err
	}
	if err := c.home.Make(); err != nil {
		return err
	}
	if err := writeFiles(files); err != nil {
		return err
	}
	if err := v.startStore(c); err != nil {
		return err
	}
	if err := office.Save(c.home, o); err != nil {
		return err
	}
	return c.say(initialized{c.home.Dir, c.home.Config(), o.Agency.Code, o.Axis.Plain()}, func(w io.Writer) {
		fmt.Fprintf(w, "Đã thiết lập %s ở %s. Chạy `vanthu` để mở.\n", o.Agency.Name, c.home.Dir)
		if o.Axis.Plain() {
			fmt.Fprintln(w, plainWords)
		}
	})
}

// office is the settings file to be written.
func (v *initVerb) office(c *call) (office.Office, error) {
	code, err := document.ParseCode(v.Code)
	if err != nil {
		return office.Office{}, badUsage("--code: mã định danh chỉ có chữ hoa, số và dấu chấm, không phải %q", v.Code)
	}
	o := office.Office{Practice: v.Practice, AllowSoftKeys: v.Practice, Abbr: v.Abbr, Place: v.Place,
		Agency: document.Agency{Code: code, Name: v.Name}, Clerk: document.Staff{Name: v.Clerk}, Modules: v.modules(),
		Seal: office.Seal{DiameterMM: v.SealMM, Key: keyRef(c, v.SealKey)},
		Axis: v.axis(c)}
	v.addUnits(&o)
	if v.Leader != "" {
		who := document.Signer{Competence: v.Competence, Position: v.Position, Name: v.Leader}
		o.Leaders = []office.Leader{{Signer: who, Key: keyRef(c, v.LeaderKey)}}
	}
	return o, nil
}

// axis is the connection as typed. Plain http is allowed without another word
// only where nothing can be on the way.
func (v *initVerb) axis(c *call) office.Axis {
	a := office.Axis{URL: v.Axis, Protocol: v.Protocol, System: v.System, SecretFile: filepath.Base(c.home.SecretFile()), PollMinutes: int(office.DefaultPoll.Minutes())}
	a.AllowPlain = a.Plain() && a.Closed()
	if v.Roots != "" {
		a.Roots = filepath.Base(c.home.RootsFile())
	}
	return a
}

// addUnits takes the units: a name, or a name and its letters.
func (v *initVerb) addUnits(o *office.Office) {
	o.UnitAbbr = map[string]string{}
	for _, text := range v.Unit {
		name, abbr, _ := strings.Cut(text, "=")
		o.Units = append(o.Units, name)
		if abbr != "" {
			o.UnitAbbr[name] = abbr
		}
	}
}

func (v *initVerb) modules() []string {
	if len(v.Module) > 0 {
		return v.Module
	}
	return signer.FindModules()
}

// keyRef makes the path of a soft key absolute: the home is elsewhere.
func keyRef(c *call, ref string) string {
	if path, soft := strings.CutPrefix(ref, "file:"); soft {
		return "file:" + c.path(path)
	}
	return ref
}

// readFiles reads the axis secret and the trusted roots: path in the home to
// content.
func (v *initVerb) readFiles(c *call) (map[string][]byte, error) {
	from := map[string]string{}
	if v.Secret != "" {
		from[c.home.SecretFile()] = v.Secret
	}
	if v.Roots != "" {
		from[c.home.RootsFile()] = v.Roots
	}
	for _, root := range v.Trust {
		from[filepath.Join(c.home.TrustDir(), filepath.Base(root))] = root
	}
	files := map[string][]byte{}
	for to, name := range from {
		f, err := c.openFile(name)
		if err != nil {
			return nil, fmt.Errorf("init: %w", err)
		}
		files[to], err = io.ReadAll(io.LimitReader(f, maxSmall))
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("init: %w", err)
		}
	}
	return files, nil
}

// maxSmall bounds a secret or a certificate, in bytes.
const maxSmall = 1 << 20

func writeFiles(files map[string][]byte) error {
	for to, data := range files {
		if err := os.WriteFile(to, data, 0o600); err != nil {
			return fmt.Errorf("init: %w", err)
		}
	}
	return nil
}

// startStore makes the store, with the opening number of the register.
func (v *initVerb) startStore(c *call) error {
	s, err := store.Open(c.home.StoreDir(), store.Options{})
	if err != nil {
		return err
	}
	return errors.Join(v.startBook(s), s.Close())
}

func (v *initVerb) startBook(s *store.Store) error {
	if v.Opening <= 1 {
		return nil
	}
	book := store.Book{Name: inbox.BookName, Year: document.DateOf(time.Now()).Year}
	act := store.Act{Who: v.Clerk, What: "start-book", Record: book.String(), Detail: fmt.Sprint(v.Opening)}
	return s.Update(act, func(tx *store.Tx) error { return tx.StartBook(book, v.Opening) })
}
