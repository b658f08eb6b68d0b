package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/dcrbench/dcrbench/internal/backend"
	"github.com/dcrbench/dcrbench/internal/server"
	"github.com/dcrbench/dcrbench/reports"
)

const serveLong = `Serve the simulator: Dynamic Client Registration, REST API v2 and the
documented throttling, with state, faults to switch on, and a ledger of every
answer to reconcile a run against.

Beside the service there are, never throttled and never counted:
  GET    /_sim/ledger              answers per endpoint and status
  GET    /_sim/ledger?by=device    the same for each device
  DELETE /_sim/ledger              start counting anew
  GET    /_sim/software-statement  a software statement that it accepts
  GET    /_sim/statement-key       the throwaway key that signed it
  GET    /_sim/health              whether it is there
  GET    /_sim/ca.pem              the certificate to trust, with --tls
  GET    /_sim/faults              the faults, and which are on`

func newServe() *cobra.Command {
	var (
		sim        simOptions
		readings   readingOptions
		listen     string
		useTLS     bool
		cert, key  string
		listFaults bool
	)
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the simulator on an address of this machine",
		Long:  serveLong,
		Example: `  dcrbench serve --listen 127.0.0.1:18080
  dcrbench serve --tls --token-ttl 30s --fault thr.status`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if listFaults {
				return printFaults(cmd.OutOrStdout())
			}
			if (cert == "") != (key == "") {
				return fmt.Errorf("--tls-cert and --tls-key go together")
			}
			if err := checkListen(listen); err != nil {
				return err
			}
			options, err := sim.serverOptions(listen)
			if err != nil {
				return err
			}
			if err := readings.apply(&options.Backend); err != nil {
				return err
			}
			options.TLS = useTLS || cert != ""
			options.CertFile, options.KeyFile = cert, key
			return serve(cmd, options)
		},
	}
	f := cmd.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:18080", "address to listen on; port 0 picks one")
	f.BoolVar(&useTLS, "tls", false, "serve HTTPS with HTTP/2, with a certificate made on the spot")
	f.StringVar(&cert, "tls-cert", "", "PEM file of the server's certificate")
	f.StringVar(&key, "tls-key", "", "PEM file of its key")
	f.BoolVar(&listFaults, "list-faults", false, "list the faults that can be switched on, and exit")
	sim.register(f)
	readings.register(f)
	return cmd
}

func serve(cmd *cobra.Command, options server.Options) error {
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	s, err := server.Start(context.WithoutCancel(ctx), options)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s\n", s.URL())
	fmt.Fprintf(cmd.ErrOrStderr(), "simulator at %s; Ctrl-C ends it\n", s.URL())
	<-ctx.Done()
	return closeServer(s)
}

func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen %q: want HOST:PORT, as in 127.0.0.1:18080", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("--listen %q: the port must be 0 to 65535, as in 127.0.0.1:18080", address)
	}
	return nil
}

func printFaults(w io.Writer) error {
	var rows [][]string
	for _, f := range backend.AllFaults() {
		rows = append(rows, []string{f.ID, f.Description})
	}
	return reports.Table(w, []string{"fault", "what it breaks"}, rows)
}
