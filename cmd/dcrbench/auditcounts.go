package main

import (
	"strconv"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
)

// endpointCounts counts exchanges by operation and status.
type endpointCounts struct {
	status [api.NumOps]map[int]uint64
	errors [api.NumOps]uint64
}

func (c *endpointCounts) count(x *record.Exchange) {
	op := x.Request.Op
	if x.Response.Status == 0 {
		c.errors[op]++
		return
	}
	if c.status[op] == nil {
		c.status[op] = map[int]uint64{}
	}
	c.status[op][x.Response.Status]++
}

// fill writes the counts into the endpoints and the load of a result.
func (c *endpointCounts) fill(doc *result.Document) {
	for op := range c.status {
		if c.status[op] == nil && c.errors[op] == 0 {
			continue
		}
		facts := api.Op(op).Describe()
		e := result.Endpoint{Endpoint: facts.Name, Method: facts.Method, Path: facts.Template, Status: map[string]uint64{}, Errors: map[string]uint64{}}
		for status, n := range c.status[op] {
			e.Status[strconv.Itoa(status)] = n
			e.Requests += n
		}
		doc.Load.Completed += e.Requests
		if n := c.errors[op]; n > 0 {
			e.Errors[api.ErrReset.String()] = n
			e.Requests += n
			doc.Load.Errors += n
		}
		doc.Load.Sent += e.Requests
		doc.Endpoints = append(doc.Endpoints, e)
	}
	doc.Load.DurationS = doc.Ended.Sub(doc.Started).Seconds()
}
