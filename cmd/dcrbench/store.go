package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"

	"github.com/dcrbench/dcrbench/internal/device"
	"github.com/dcrbench/dcrbench/internal/run"
	"github.com/dcrbench/dcrbench/internal/vault"
)

// defaultVaultFolder is where credentials are kept, as help shows it.
const defaultVaultFolder = "$XDG_STATE_HOME/dcrbench"

// defaultVault is the vault of one target and statement: one file each, so that
// runs against different services never wait for each other.
func defaultVault(target string, statement [sha256.Size]byte) (string, error) {
	folder := os.Getenv("XDG_STATE_HOME")
	if folder == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		folder = filepath.Join(home, ".local", "state")
	}
	sum := sha256.Sum256(append([]byte(target+"\n"), statement[:]...))
	return filepath.Join(folder, "dcrbench", "vault-"+hex.EncodeToString(sum[:8])+".db"), nil
}

// store keeps a run's credentials in a vault.
type store struct {
	space *vault.Space
}

var _ run.Store = (*store)(nil)

func (s *store) Load(name string) (device.Credentials, bool, error) {
	e, ok, err := s.space.Load(name)
	return device.Credentials{
		ClientID: e.ClientID, ClientSecret: e.ClientSecret,
		AccessToken: e.AccessToken, TokenIssued: e.TokenIssued, TokenExpires: e.TokenExpires,
	}, ok, err
}

func (s *store) Keep(ctx context.Context, name string, c device.Credentials) error {
	return s.space.Put(ctx, name, entry(c))
}

func (s *store) KeepToken(name string, c device.Credentials) {
	// A token that is not kept costs one token request in the next run.
	_ = s.space.PutAsync(name, entry(c))
}

func entry(c device.Credentials) vault.Entry {
	return vault.Entry{
		ClientID: c.ClientID, ClientSecret: c.ClientSecret,
		AccessToken: c.AccessToken, TokenIssued: c.TokenIssued, TokenExpires: c.TokenExpires,
	}
}
