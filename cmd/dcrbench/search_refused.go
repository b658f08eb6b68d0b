package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dcrbench/dcrbench/internal/result"
)

// refused is the error of a step in which devices were turned away for good: the
// registrations or the tokens that were asked for got a 4xx, other than 429, each
// time. Such devices send next to nothing, and a service bears any number of them.
func refused(doc *result.Document) error {
	for _, e := range doc.Endpoints {
		if e.Endpoint != "register" && e.Endpoint != "token" {
			continue
		}
		granted, denied := uint64(0), uint64(0)
		for status, n := range e.Status {
			switch {
			case strings.HasPrefix(status, "2"):
				granted += n
			case strings.HasPrefix(status, "4") && status != "429":
				denied += n
			}
		}
		if denied > 0 && granted == 0 {
			return fmt.Errorf("no device got beyond %s, which was answered with %s: such a load says nothing about the capacity",
				e.Endpoint, strings.Join(slices.Sorted(maps.Keys(e.Status)), " and "))
		}
	}
	return nil
}
