// Command vanthu is the document desk of a commune: it receives, registers and
// hands over incoming documents, signs, numbers and issues outgoing ones, and
// exchanges them over the national document axis, with or without a link.
//
// Everything happens in package internal/cli; see the README's "Reading the
// source".
package main

import (
	"os"

	"vanthu/internal/cli"
	"vanthu/internal/driver"
	"vanthu/internal/pdf/page"
)

func main() {
	for _, helper := range []func([]string) (int, bool){driver.Main, page.Main} {
		if code, asked := helper(os.Args); asked {
			os.Exit(code)
		}
	}
	os.Exit(cli.Run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
