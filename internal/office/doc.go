// Package office knows where an office's home lies and what its settings say.
//
// A Home is a folder: the store, the settings file vanthu.toml, the trusted
// certificates, the soft keys of a practice office and the owner's socket all
// lie in it, so that one folder is one office and can be carried away.
//
// Office is the settings file as Go values. Load is strict: a key it does not
// know is an error that names the key and the line, because a misspelt
// setting that is silently ignored is found out months later. Save writes a
// file that Load reads back unchanged.
//
// The package imports document only. Start reading at config.go.
package office
