// Package api is the wire vocabulary of Adobe Pass Dynamic Client Registration
// and REST API v2: operations, requests, answers, outcomes and the closed sets
// of error codes, with their encoding and decoding.
//
// The package is pure. It holds no clock, opens no socket and starts no
// goroutine; drivers carry its messages over whatever transport they have.
package api
