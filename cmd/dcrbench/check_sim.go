package main

import (
	"context"

	"github.com/dcrbench/dcrbench/internal/api"
	"github.com/dcrbench/dcrbench/internal/check"
	"github.com/dcrbench/dcrbench/internal/statement"
)

// simulatorKey gives the kit the throwaway key of a simulator whose statement it
// holds, with which statements can be signed that are genuine and wrong. Without
// it the checks that need one are skipped.
func simulatorKey(ctx context.Context, t *target, kit *check.Kit) {
	request := api.HTTPRequest{Method: "GET", Target: "/_sim/statement-key"}
	var answer api.HTTPResponse
	if _, failure := t.client.Do(ctx, &request, &answer); failure != api.ErrNone || answer.Status != 200 {
		return
	}
	signer, err := statement.ParseSigner(answer.Body)
	if err != nil {
		return
	}
	header, claims, err := statement.Decode(kit.Statement)
	if err == nil && header.KeyID == signer.KeyID() {
		kit.Signer, kit.Claims = signer, claims
	}
}
