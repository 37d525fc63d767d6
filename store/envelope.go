package store

import (
	"encoding/binary"
	"hash/crc32"
)

// An envelope is: version (1 byte), CRC-32C (4 bytes, little endian) over
// bucket, 0, key, 0, version and payload, then the payload. Bucket and key are
// in the sum so that a value that turns up under another key is found out.

const (
	envelopeVersion = 1
	envelopeHead    = 1 + 4
)

func envelopeSum(bucket string, key []byte, version byte, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	sum := crc32.Update(0, table, []byte(bucket))
	sum = crc32.Update(sum, table, []byte{0})
	sum = crc32.Update(sum, table, key)
	sum = crc32.Update(sum, table, []byte{0, version})
	return crc32.Update(sum, table, payload)
}

// seal wraps payload for bucket and key.
func seal(bucket string, key, payload []byte) []byte {
	out := make([]byte, envelopeHead, envelopeHead+len(payload))
	out[0] = envelopeVersion
	binary.LittleEndian.PutUint32(out[1:], envelopeSum(bucket, key, envelopeVersion, payload))
	return append(out, payload...)
}

// unseal checks an envelope and returns its payload, which aliases value and so
// dies with the transaction.
func unseal(bucket string, key, value []byte) ([]byte, error) {
	if len(value) < envelopeHead {
		return nil, damaged("%s %q: %d bytes are no envelope", bucket, key, len(value))
	}
	if value[0] != envelopeVersion {
		return nil, damaged("%s %q: unknown envelope version %d", bucket, key, value[0])
	}
	payload := value[envelopeHead:]
	if binary.LittleEndian.Uint32(value[1:]) != envelopeSum(bucket, key, value[0], payload) {
		return nil, damaged("%s %q: wrong checksum", bucket, key)
	}
	return payload, nil
}
