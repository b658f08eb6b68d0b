package server

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/dcrbench/dcrbench/internal/backend"
)

// about answers the paths under /_sim/: what the simulator says of itself.
func (s *Server) about(w http.ResponseWriter, r *http.Request, path string) {
	switch path {
	case "ledger":
		s.aboutLedger(w, r)
	case "software-statement":
		s.text(w, r, "text/plain; charset=utf-8", []byte(s.statement))
	case "statement-key":
		s.aboutKey(w, r)
	case "ca.pem":
		if s.ca == nil {
			http.NotFound(w, r)
			return
		}
		s.text(w, r, "application/x-pem-file", s.ca)
	case "health":
		s.json(w, r, map[string]string{"status": "ok"})
	case "faults":
		s.json(w, r, map[string]any{"faults": s.faults()})
	default:
		http.NotFound(w, r)
	}
}

// aboutKey hands out the throwaway key behind the statement, so that a
// conformance suite can sign statements that are genuine and wrong.
func (s *Server) aboutKey(w http.ResponseWriter, r *http.Request) {
	key, err := s.signer.PEM()
	if err != nil {
		http.Error(w, "the key cannot be encoded", http.StatusInternalServerError)
		return
	}
	s.text(w, r, "application/x-pem-file", key)
}

func (s *Server) aboutLedger(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		s.ResetLedger()
		w.WriteHeader(http.StatusNoContent)
		return
	}
	switch by := r.URL.Query().Get("by"); by {
	case "":
		s.json(w, r, s.Ledger())
	case "device":
		s.json(w, r, map[string]any{"devices": s.LedgerByDevice()})
	default:
		http.Error(w, "the ledger is kept as a whole or by=device", http.StatusBadRequest)
	}
}

// faultState is a fault and whether it is switched on.
type faultState struct {
	backend.Fault
	On bool `json:"on"`
}

func (s *Server) faults() []faultState {
	var list []faultState
	for _, f := range backend.AllFaults() {
		list = append(list, faultState{f, slices.Contains(s.options.Backend.Faults, f.ID)})
	}
	return list
}

func (s *Server) json(w http.ResponseWriter, r *http.Request, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, "the answer cannot be encoded", http.StatusInternalServerError)
		return
	}
	s.text(w, r, "application/json", body)
}

// text answers GET and HEAD.
func (s *Server) text(w http.ResponseWriter, r *http.Request, mediaType string, body []byte) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this is for reading only", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // a client that went away is no error of the server
}
