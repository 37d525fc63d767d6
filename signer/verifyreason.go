package signer

// A reason is a stable code word in a report; programs compare it, people
// read ReasonText. New ones are added, none changes its meaning.
const (
	ReasonDamagedFile       = "damaged-file"
	reasonDamagedForm       = "damaged-form"
	reasonBadDictionary     = "bad-signature-dictionary"
	reasonDuplicateKey      = "duplicate-key"
	reasonOrphan            = "orphan-signature"
	reasonRemoved           = "signature-removed"
	reasonShared            = "signature-shared"
	reasonByteRange         = "bad-byte-range"
	reasonContents          = "bad-contents"
	reasonNotARevision      = "not-a-revision"
	reasonTail              = "bytes-after-end"
	reasonChanged           = "changed-after-signing"
	reasonLocked            = "locked-field-changed"
	reasonTooManyRevisions  = "too-many-revisions"
	reasonFormat            = "unsupported-format"
	reasonBadCMS            = "bad-cms"
	reasonEmbeddedContent   = "embedded-content"
	reasonSigners           = "not-one-signer"
	reasonNoAttributes      = "no-signed-attributes"
	reasonAttributes        = "bad-signed-attributes"
	reasonContentType       = "bad-content-type"
	reasonDigest            = "digest-mismatch"
	reasonSigningCert       = "signing-certificate-mismatch"
	reasonNoSigningCert     = "no-signing-certificate"
	reasonNoCertificate     = "no-signer-certificate"
	reasonSignature         = "signature-mismatch"
	reasonAlgorithm         = "unsupported-algorithm"
	reasonWeakDigest        = "weak-digest"
	reasonWeakKey           = "weak-key"
	reasonKeyUsage          = "bad-key-usage"
	reasonUntrusted         = "untrusted-chain"
	reasonNoRoots           = "no-trusted-roots"
	reasonExpired           = "expired-now"
	reasonNotYetValid       = "not-yet-valid"
	reasonNotValidThen      = "not-valid-at-signing"
	reasonNoProvenTime      = "no-proven-time"
	reasonRevocation        = "revocation-not-checked"
	reasonTimestampBad      = "bad-timestamp"
	reasonTimestampTrust    = "untrusted-timestamp"
	reasonTimestampExpired  = "timestamp-certificate-expired"
	reasonClaimedTimeDiffer = "claimed-time-differs"
)

// ReasonText is the sentence for a clerk to a reason of a report; an unknown
// code gives the code itself.
func ReasonText(code string) string {
	switch code {
	case ReasonDamagedFile:
		return "Tệp PDF bị hỏng cấu trúc, không đọc được để kiểm tra."
	case reasonDamagedForm:
		return "Phần biểu mẫu chứa chữ ký bị hỏng."
	case reasonBadDictionary:
		return "Dữ liệu chữ ký trong tệp không đúng định dạng."
	case reasonDuplicateKey:
		return "Dữ liệu chữ ký ghi hai lần cùng một mục, có dấu hiệu giả mạo."
	case reasonOrphan:
		return "Trong tệp có chữ ký không gắn với ô ký nào, có dấu hiệu giả mạo."
	case reasonRemoved:
		return "Một chữ ký có ở bản trước đã bị gỡ khỏi tệp."
	case reasonShared:
		return "Hai ô ký dùng chung một chữ ký, có dấu hiệu giả mạo."
	case reasonByteRange:
		return "Phạm vi ký không khớp với tệp, có dấu hiệu giả mạo."
	case reasonContents:
		return "Nội dung chữ ký trống hoặc không đúng định dạng."
	}
	return coverageText(code)
}

// coverageText continues ReasonText with what was signed and what came after.
func coverageText(code string) string {
	switch code {
	case reasonNotARevision:
		return "Chữ ký không bao trùm trọn vẹn một bản của tệp."
	case reasonTail:
		return "Sau phần cuối của tệp có dữ liệu lạ không được ký."
	case reasonChanged:
		return "Tệp đã bị sửa sau khi ký."
	case reasonLocked:
		return "Mục mà người ký đã khóa bị sửa sau khi ký."
	case reasonTooManyRevisions:
		return "Tệp được ghi thêm quá nhiều lần sau khi ký, không kiểm tra hết được."
	case reasonFormat:
		return "Kiểu chữ ký này chưa được hỗ trợ kiểm tra."
	}
	return messageText(code)
}

// messageText continues ReasonText with the signature itself.
func messageText(code string) string {
	switch code {
	case reasonBadCMS:
		return "Không đọc được khối chữ ký số."
	case reasonEmbeddedContent:
		return "Khối chữ ký số chứa nội dung riêng thay cho nội dung của tệp, có dấu hiệu giả mạo."
	case reasonSigners:
		return "Khối chữ ký số không có đúng một người ký."
	case reasonNoAttributes, reasonAttributes, reasonContentType:
		return "Thuộc tính được ký trong khối chữ ký số không đúng quy cách."
	case reasonDigest:
		return "Nội dung tệp không còn khớp với nội dung đã ký."
	case reasonSigningCert, reasonNoSigningCert:
		return "Chứng thư số kèm theo không phải chứng thư mà người ký đã nêu."
	case reasonNoCertificate:
		return "Không có chứng thư số của người ký trong tệp."
	case reasonSignature:
		return "Chữ ký không khớp với chứng thư số của người ký."
	case reasonAlgorithm:
		return "Thuật toán ký chưa được hỗ trợ kiểm tra."
	case reasonWeakDigest:
		return "Thuật toán băm đã cũ, không còn an toàn."
	case reasonWeakKey:
		return "Khóa ký quá ngắn, không còn an toàn."
	}
	return trustText(code)
}

// trustText continues ReasonText with certificates and time.
func trustText(code string) string {
	switch code {
	case reasonKeyUsage:
		return "Chứng thư số không được cấp để ký văn bản."
	case reasonUntrusted:
		return "Chứng thư số không do tổ chức nằm trong danh sách tin cậy của cơ quan cấp."
	case reasonNoRoots:
		return "Cơ quan chưa cài chứng thư gốc tin cậy nào."
	case reasonExpired:
		return "Chứng thư số nay đã hết hạn."
	case reasonNotYetValid:
		return "Chứng thư số chưa đến ngày có hiệu lực; hãy kiểm tra đồng hồ máy tính."
	case reasonNotValidThen:
		return "Chứng thư số không có hiệu lực vào lúc ký."
	case reasonNoProvenTime:
		return "Không có dấu thời gian chứng minh thời điểm ký."
	case reasonRevocation:
		return "Chưa kiểm tra được việc thu hồi chứng thư số."
	case reasonTimestampBad:
		return "Dấu thời gian không khớp với chữ ký."
	case reasonTimestampTrust:
		return "Dấu thời gian không do tổ chức nằm trong danh sách tin cậy cấp."
	case reasonTimestampExpired:
		return "Chứng thư của tổ chức cấp dấu thời gian nay đã hết hạn."
	case reasonClaimedTimeDiffer:
		return "Giờ ký ghi trong tệp lệch so với dấu thời gian."
	}
	return code
}

// reasons lists every code word, for the manual and the tests.
func reasons() []string {
	return []string{
		ReasonDamagedFile, reasonDamagedForm, reasonBadDictionary, reasonDuplicateKey, reasonOrphan,
		reasonRemoved, reasonShared, reasonByteRange, reasonContents, reasonNotARevision, reasonTail,
		reasonChanged, reasonLocked, reasonTooManyRevisions, reasonFormat, reasonBadCMS,
		reasonEmbeddedContent, reasonSigners, reasonNoAttributes, reasonAttributes, reasonContentType,
		reasonDigest, reasonSigningCert, reasonNoSigningCert, reasonNoCertificate, reasonSignature,
		reasonAlgorithm, reasonWeakDigest, reasonWeakKey, reasonKeyUsage, reasonUntrusted, reasonNoRoots,
		reasonExpired, reasonNotYetValid, reasonNotValidThen, reasonNoProvenTime, reasonRevocation,
		reasonTimestampBad, reasonTimestampTrust, reasonTimestampExpired, reasonClaimedTimeDiffer,
	}
}
