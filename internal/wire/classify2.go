package wire

import (
	"errors"

	"github.com/dcrbench/dcrbench/internal/api"
)

// How an HTTP/2 request can fail beside what the connection below reports.
var (
	errBodyTooLarge = errors.New("body of the answer is too large")
	errFrame        = errors.New("frames of the answer are malformed")
	errReset        = errors.New("server has reset the stream")
	errGone         = errors.New("server has said goodbye")
	// errNotSent says that the connection was gone before the request was
	// written: another one may carry it.
	errNotSent = errors.New("connection is gone")
	// errFull says that the connection takes no more for now.
	errFull = errors.New("connection is full")
)

// kind2 classifies an error of the HTTP/2 client.
func kind2(err error) api.ErrKind {
	switch err {
	case errBodyTooLarge, errHeadTooLarge:
		return api.ErrTooLarge
	case errNoHTTP2, errFrame, errHead, errBody:
		return api.ErrProtocol
	case errReset, errGone, errClosed:
		return api.ErrReset
	}
	return connKind(err)
}
