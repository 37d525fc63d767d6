package document

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// ErrCode is the class of a malformed agency code.
var ErrCode = errors.New("malformed agency code")

// maxCode is the longest agency code of QĐ 20/2020/QĐ-TTg.
const maxCode = 35

var (
	codeShape   = regexp.MustCompile(`^[0-9A-Z]+(\.[0-9A-Z]+)*$`)
	systemShape = regexp.MustCompile(`(^|\.)W[0-9]+$`)
)

// Code is an agency identifier (mã định danh), trimmed and in upper case. Both
// generations live side by side: QCVN 102 reads "000.22.32.H53" from right to
// left, QĐ 20/2020 reads "H40.1.2" from left to right. Shape alone does not
// tell them apart.
type Code string

// ParseCode trims and checks an agency code. The error is of class ErrCode.
func ParseCode(s string) (Code, error) {
	c := strings.ToUpper(strings.TrimSpace(s))
	if len(c) > maxCode || !codeShape.MatchString(c) {
		return "", fmt.Errorf("%w: %.40q", ErrCode, s)
	}
	return Code(c), nil
}

// Receives tells whether documents may be addressed to c: codes ending in W00
// and its like name systems and centres, not agencies.
func (c Code) Receives() bool {
	return c != "" && !systemShape.MatchString(string(c))
}

// Agency is a body that sends or receives documents (QCVN 102 Organization).
type Agency struct {
	Code     Code   `json:"code" toml:"code"`
	Name     string `json:"name" toml:"name"`
	InCharge string `json:"inCharge,omitempty" toml:"in_charge,omitempty"`
	Address  string `json:"address,omitempty" toml:"address,omitempty"`
	Email    string `json:"email,omitempty" toml:"email,omitempty"`
	Phone    string `json:"phone,omitempty" toml:"phone,omitempty"`
	Fax      string `json:"fax,omitempty" toml:"fax,omitempty"`
	Website  string `json:"website,omitempty" toml:"website,omitempty"`
}

// Staff is the person who reports on a document (QCVN 102 StaffInfo); the
// sender's clerk calls this person.
type Staff struct {
	Department   string `json:"department,omitempty" toml:"department,omitempty"`
	DepartmentID string `json:"departmentID,omitempty" toml:"department_id,omitempty"`
	Name         string `json:"name" toml:"name"`
	ID           string `json:"id,omitempty" toml:"id,omitempty"`
	Mobile       string `json:"mobile,omitempty" toml:"mobile,omitempty"`
	Email        string `json:"email,omitempty" toml:"email,omitempty"`
}

// Signer is who signs a document and in what capacity (Decree 30 Annex I
// II.7): Competence is "TM.", "KT.", "TL.", "TUQ.", "Q." or empty.
type Signer struct {
	Competence string `json:"competence,omitempty" toml:"competence,omitempty"`
	Position   string `json:"position" toml:"position"`
	Name       string `json:"name" toml:"name"`
}

func (s Signer) String() string {
	return strings.TrimSpace(s.Competence+" "+s.Position) + " " + s.Name
}
