package signer

// maxChain bounds a certificate chain; the state's has three links.
const maxChain = 8
