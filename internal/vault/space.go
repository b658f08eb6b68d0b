package vault

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// maxDevice is the longest device name, in bytes.
const maxDevice = 1024

// eachChunk is how many entries [Space.Each] reads in one transaction: a long
// one would keep the writer from reusing pages, and could block it.
const eachChunk = 1024

// Space holds the entries of one target and software statement, by device. It
// may be used concurrently.
type Space struct {
	vault *Vault
	name  [sha256.Size]byte
}

// Namespace returns the space of a target and a statement, given by its
// SHA-256. Targets that differ only in the case of scheme and host, a default
// port or a slash at the end are the same. The statement itself is not kept,
// nor the target in readable form.
func (v *Vault) Namespace(targetURL string, statementDigest [32]byte) *Space {
	h := sha256.New()
	h.Write(statementDigest[:])
	h.Write([]byte(normalTarget(targetURL)))
	s := &Space{vault: v}
	h.Sum(s.name[:0])
	return s
}

func normalTarget(target string) string {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return target
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	switch scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return scheme + "://" + host + strings.TrimRight(u.EscapedPath(), "/")
}

// Load returns the device's entry; ok is false when there is none.
func (s *Space) Load(device string) (e Entry, ok bool, err error) {
	err = s.vault.view(func(tx *bolt.Tx) error {
		b := s.bucket(tx)
		if b == nil {
			return nil
		}
		raw := b.Get([]byte(device))
		if raw == nil {
			return nil
		}
		var err error
		e, err = decodeEntry(device, raw)
		ok = err == nil
		return s.about(device, err)
	})
	return e, ok, err
}

// Each calls f for every stored device, in the order of their names, and stops
// at its first error, which it returns. f may use the vault, also Put; entries
// stored meanwhile may or may not be seen.
func (s *Space) Each(f func(device string, e Entry) error) error {
	type item struct {
		device string
		entry  Entry
	}
	chunk := make([]item, 0, eachChunk)
	after, started := "", false
	for {
		chunk = chunk[:0]
		err := s.vault.view(func(tx *bolt.Tx) error {
			b := s.bucket(tx)
			if b == nil {
				return nil
			}
			c := b.Cursor()
			key, raw := c.Seek([]byte(after))
			if started && string(key) == after {
				key, raw = c.Next()
			}
			for ; key != nil && len(chunk) < eachChunk; key, raw = c.Next() {
				e, err := decodeEntry(string(key), raw)
				if err != nil {
					return s.about(string(key), err)
				}
				chunk = append(chunk, item{string(key), e})
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, it := range chunk {
			if err := f(it.device, it.entry); err != nil {
				return err
			}
		}
		if len(chunk) < eachChunk {
			return nil
		}
		after, started = chunk[len(chunk)-1].device, true
	}
}

// Put stores the device's entry in place of the one before, and returns when
// it is durable. When ctx ends first, Put returns its error, and the entry may
// be stored or not. Puts of one device by one caller keep their order.
func (s *Space) Put(ctx context.Context, device string, e Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	done := make(chan error, 1)
	if err := s.enqueue(device, e, done); err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		select {
		case err := <-done: // both at once: the entry's own answer counts
			return err
		default:
			return ctx.Err()
		}
	}
}

// PutAsync stores the device's entry soon, in order with the Puts, and does
// not wait for it: for tokens, which can be had again, never for credentials.
// An entry that came too late or too fast is dropped with [ErrClosed] or
// [ErrBusy]; a failed write is what [Vault.Close] returns.
func (s *Space) PutAsync(device string, e Entry) error { return s.enqueue(device, e, nil) }

func (s *Space) enqueue(device string, e Entry, done chan error) error {
	if device == "" || len(device) > maxDevice {
		return fmt.Errorf("a device name has %d bytes, want 1 to %d", len(device), maxDevice)
	}
	value, err := encodeEntry(device, e)
	if err != nil {
		return fmt.Errorf("storing device %q: %w", device, err)
	}
	return s.vault.enqueue(request{space: s.name, device: device, value: value, done: done})
}

// bucket returns the space's bucket, or nil when nothing was stored in it.
func (s *Space) bucket(tx *bolt.Tx) *bolt.Bucket {
	return tx.Bucket(spacesBucket).Bucket(s.name[:])
}

// about says whose entry an error is about.
func (s *Space) about(device string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the credential store %q: device %q: %w", s.vault.path, device, err)
}
