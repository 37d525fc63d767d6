// Package transfer moves one large body over plain HTTP across bad lines: down
// with ranges, up with tus 1.0, compressed where the other side can. It knows
// nothing of the axis; requests are signed by functions given to it.
//
// The types: Client makes the requests and has the patience; Part is what has
// come of a download, kept in a file between tries, restarts and crashes;
// Outgoing is what is to go up and where it has got to.
//
// Invariants:
//   - Whatever cuts, lies or changes in between: the result is the exact body or
//     an error, never other bytes. Bytes are joined only under one strong ETag,
//     one encoding and one length; every byte in a Part is under a checksum.
//   - A byte that has come is not asked for again; a byte the server keeps is
//     not sent again.
//   - Bodies are streamed from an offset in one request; nothing waits per chunk.
//   - Memory does not grow with the body, and what is unpacked never exceeds the
//     limit given.
//   - Every wait ends: no byte for Client.Stall ends a request, no progress for
//     Client.Patience ends the call.
//
// Start reading at client.go, then download.go and upload.go.
package transfer
