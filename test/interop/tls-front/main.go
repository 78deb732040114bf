// A TLS front on Go's crypto/tls, with certificates of both sides:
//
//	tls-front client LISTEN TARGET CERTIFICATE KEY CA NAME     takes TCP, passes it on by TLS to a peer of that name
//	tls-front server LISTEN TARGET CERTIFICATE KEY CA          takes TLS of peers with a certificate, passes it on by TCP
package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	if len(os.Args) < 7 {
		fmt.Fprintln(os.Stderr, "tls-front client|server LISTEN TARGET CERTIFICATE KEY CA [NAME]")
		os.Exit(2)
	}
	role, listen, target := os.Args[1], os.Args[2], os.Args[3]
	own, err := tls.LoadX509KeyPair(os.Args[4], os.Args[5])
	check(err)
	text, err := os.ReadFile(os.Args[6])
	check(err)
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(text)
	config := &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS13}
	var listener net.Listener
	dial := func() (net.Conn, error) { return net.Dial("tcp", target) }
	if role == "server" {
		config.ClientCAs, config.ClientAuth = authorities, tls.RequireAndVerifyClientCert
		listener, err = tls.Listen("tcp", listen, config)
	} else {
		config.RootCAs, config.ServerName = authorities, os.Args[7]
		dial = func() (net.Conn, error) { return tls.Dial("tcp", target, config) }
		listener, err = net.Listen("tcp", listen)
	}
	check(err)
	fmt.Println("ready")
	for {
		from, err := listener.Accept()
		check(err)
		go forward(from, dial)
	}
}

func forward(from net.Conn, dial func() (net.Conn, error)) {
	defer from.Close()
	// The peer's certificate first: TLS of a front that has no target is no connection.
	if secure, ok := from.(*tls.Conn); ok {
		if err := secure.Handshake(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
	}
	to, err := dial()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer to.Close()
	ended := make(chan bool, 2)
	copy := func(to, from net.Conn) {
		io.Copy(to, from)
		ended <- true
	}
	go copy(to, from)
	go copy(from, to)
	<-ended
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
