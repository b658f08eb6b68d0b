package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/dcrbench/dcrbench/internal/record"
	"github.com/dcrbench/dcrbench/internal/result"
)

// evidence keeps the exchanges of a run until they are redacted. Nothing of it
// is written before.
type evidence struct {
	key       [32]byte
	exchanges []*record.Exchange
	probes    []string
}

func (e *evidence) keep(probe string, x *record.Exchange) {
	e.exchanges = append(e.exchanges, x)
	e.probes = append(e.probes, probe)
}

// httpName is how an archive names an HTTP version; what was answered inside
// this process had none.
func httpName(version string) string {
	switch version {
	case "":
		return "unknown"
	case "2":
		return "HTTP/2"
	}
	return "HTTP/" + version
}

// entries are the exchanges in their order, redacted. The redactor knows every
// secret among them afterwards.
func (e *evidence) entries(r *record.Redactor) []record.Entry {
	for _, x := range e.exchanges {
		r.Study(x)
	}
	entries := make([]record.Entry, len(e.exchanges))
	for i, x := range e.exchanges {
		entries[i] = r.Entry(e.probes[i], x)
	}
	slices.SortFunc(entries, func(a, b record.Entry) int { return int(a.Seq) - int(b.Seq) })
	return entries
}

// The files of evidence beside the result.
const (
	evidenceLog     = "evidence.ndjson"
	evidenceArchive = "evidence.har"
)

// writeEvidence writes the log and the archive, and returns their digests.
func writeEvidence(out string, header *evidenceHeader, entries []record.Entry) ([]result.Evidence, error) {
	err := errors.Join(
		writeFile(filepath.Join(out, evidenceLog), func(w io.Writer) error { return record.WriteNDJSON(w, header, entries) }),
		writeFile(filepath.Join(out, evidenceArchive), func(w io.Writer) error {
			return record.WriteHAR(w, entries, record.HAROptions{Base: header.Base, Version: tool().Version, HTTPVersion: httpName(header.httpVersion)})
		}),
	)
	if err != nil {
		return nil, err
	}
	var list []result.Evidence
	for _, name := range []string{evidenceLog, evidenceArchive} {
		data, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(data)
		list = append(list, result.Evidence{File: name, SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(data))})
	}
	return list, nil
}

func writeFile(path string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// checkDocument is the result document of a check run.
func checkDocument(r *checkRun) *result.Document {
	doc := &result.Document{
		Schema: result.Schema, Kind: result.KindCheck, Tool: tool(),
		Target:  result.Target{URL: r.url, Simulator: r.simulator, HTTPVersion: r.httpVersion, TLS: r.tls},
		Started: r.started, Ended: r.ended,
	}
	r.report.Fill(doc, r.stats.Requests, r.stats.Answered)
	return doc
}
