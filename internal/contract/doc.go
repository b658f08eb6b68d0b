// Package contract judges every answer against the documented contract: status,
// media type, body, members, closed sets and error codes. It is passive: it
// provokes nothing and is always on.
//
// Reading is tolerant by default, as the documents themselves are: where two of
// them disagree, either is accepted. Members nobody documents are never a
// finding, for the vendor may add some. The package is pure, and while nothing
// is wrong it allocates nothing.
package contract
