// An order gateway in Go as it is classically written for low latency: pooled requests and reports, rings with atomics,
// parsing without copies, a locked and pinned thread, a mapped journal and risk limits; TCP of package net.
// Start it with GOGC=10 GOMEMLIMIT=4GiB.
//
//	gateway-go CLIENT_PORT VENUE_PORT DIR ring|spin CPU
//
// ring: a goroutine reads each connection; rings lead to the core, which sleeps when they are empty.
// spin: the core reads both sockets and never sleeps.
// CPU of the core; -1: not pinned.
//
// It lacks resends from the journal (a gap is logged), duplicate ClOrdIDs, cancels and replaces, recovery at the start,
// several sessions, and validation by dictionary.
package main

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// OrderRequest has what every check reads first.
type OrderRequest struct {
	Symbol                                          [8]byte
	Price, Qty                                      int64
	ClientID, Seq                                   uint64
	Kind, Side, OrdType, TIF, Handl                 byte
	idN, priceN, qtyN, whenN, testN, accountN       uint8
	id, account, priceText, qtyText, whenText, test [32]byte
}

// ExecutionReport of the venue.
type ExecutionReport struct {
	Order                                                uint64
	Seq                                                  uint64
	Kind, Status, ExecType                               byte
	lastQtyN, lastPxN, leavesN, cumN, avgN, whenN, testN uint8
	lastQty, lastPx, leaves, cum, avg, when, test        [32]byte
}

type open struct {
	used bool
	req  OrderRequest
}

const (
	maxOpen  = 1 << 18
	maxQty   = 1_000_000
	maxValue = 1_000_000_000 * 10_000
	refPrice = 1_502_500
	collar   = refPrice / 10
)

type side struct {
	w    writer
	conn *net.TCPConn
	fd   int
	up   bool
	in   []byte
	n    int
	seq  uint64
	log  *journal
}

type gateway struct {
	client, venue side
	orders        *ring[OrderRequest]
	reports       *ring[ExecutionReport]
	orderPool     sync.Pool
	reportPool    sync.Pool
	book          []open
	last, nOpen   uint64
	exposure, pos int64
	execs         uint64
	out           *journal
	wake          chan struct{}
	spin          bool
	cpu           int
	now           time.Time
}

func copyTo(to *[32]byte, from []byte) uint8 { return uint8(copy(to[:], from)) }

func (g *gateway) fromClient(b []byte) int {
	var m message
	at := time.Now().UnixNano()
	used := 0
	for used < len(b) {
		n := next(b[used:], &m)
		if n == 0 {
			break
		}
		if n < 0 {
			fmt.Fprintln(os.Stderr, "client: garbled")
			return -1
		}
		g.client.log.append(at, b[used:used+n])
		r := g.orderPool.Get().(*OrderRequest)
		r.Kind, r.Seq = m.kind, m.seq
		if m.kind == 'D' {
			r.Symbol = [8]byte{}
			copy(r.Symbol[:], m.symbol)
			r.Price, r.Qty = price(m.price), int64(number(m.qty))
			r.Side, r.OrdType, r.TIF = m.side, m.ordType, m.tif
			r.Handl = '1'
			if len(m.handl) > 0 {
				r.Handl = m.handl[0]
			}
			r.idN, r.accountN, r.priceN, r.qtyN, r.whenN = copyTo(&r.id, m.clOrdID), copyTo(&r.account, m.account), copyTo(&r.priceText, m.price), copyTo(&r.qtyText, m.qty), copyTo(&r.whenText, m.when)
		} else {
			r.testN = copyTo(&r.test, m.testID)
		}
		for !g.orders.push(r) {
			if g.spin {
				g.drain()
			} else {
				runtime.Gosched()
			}
		}
		used += n
	}
	return used
}

func (g *gateway) fromVenue(b []byte) int {
	var m message
	at := time.Now().UnixNano()
	used := 0
	for used < len(b) {
		n := next(b[used:], &m)
		if n == 0 {
			break
		}
		if n < 0 {
			fmt.Fprintln(os.Stderr, "venue: garbled")
			return -1
		}
		g.venue.log.append(at, b[used:used+n])
		r := g.reportPool.Get().(*ExecutionReport)
		r.Kind, r.Seq, r.Status, r.ExecType = m.kind, m.seq, m.status, m.execType
		if m.kind == '8' {
			r.Order = 0
			if len(m.clOrdID) > 1 {
				r.Order = number(m.clOrdID[1:])
			}
			r.lastQtyN, r.lastPxN, r.leavesN, r.cumN, r.avgN, r.whenN = copyTo(&r.lastQty, m.lastQty), copyTo(&r.lastPx, m.lastPx), copyTo(&r.leaves, m.leaves), copyTo(&r.cum, m.cum), copyTo(&r.avg, m.avg), copyTo(&r.when, m.when)
		} else {
			r.testN = copyTo(&r.test, m.testID)
		}
		for !g.reports.push(r) {
			if g.spin {
				g.drain()
			} else {
				runtime.Gosched()
			}
		}
		used += n
	}
	return used
}

// drain takes all that the rings hold; what it answers is in the buffers of the two sides.
func (g *gateway) drain() bool {
	did := false
	g.now = time.Now()
	for r := g.orders.pop(); r != nil; r = g.orders.pop() {
		did = true
		if r.Kind == 'D' && g.client.up {
			g.order(r)
		} else {
			g.admin(&g.client, r.Kind, r.test[:r.testN], true)
		}
		g.follow(&g.client, r.Seq, r.Kind)
		g.orderPool.Put(r)
	}
	for r := g.reports.pop(); r != nil; r = g.reports.pop() {
		did = true
		if r.Kind == '8' && g.venue.up {
			g.report(r)
		} else {
			g.admin(&g.venue, r.Kind, r.test[:r.testN], false)
		}
		g.follow(&g.venue, r.Seq, r.Kind)
		g.reportPool.Put(r)
	}
	return did
}

func (g *gateway) follow(s *side, seq uint64, kind byte) {
	if kind != 'A' && seq != s.seq+1 {
		fmt.Fprintf(os.Stderr, "gap: %d after %d\n", seq, s.seq)
	}
	s.seq = seq
}

func (g *gateway) send(w *writer) { g.out.append(g.now.UnixNano(), w.end()) }

func (g *gateway) admin(s *side, kind byte, test []byte, acceptor bool) {
	switch kind {
	case 'A':
		s.up = true
		if acceptor {
			g.logon(s)
		}
	case '1':
		s.w.begin('0', g.now)
		s.w.field("112=", test)
		g.send(&s.w)
	case '5':
		s.w.begin('5', g.now)
		g.send(&s.w)
		s.up = false
	}
}

func (g *gateway) logon(s *side) {
	s.w.seq = 0
	s.w.begin('A', g.now)
	s.w.out = append(s.w.out, "98=0\x01108=30\x01141=Y\x01"...)
	g.send(&s.w)
}

func (g *gateway) order(r *OrderRequest) {
	why := ""
	value := r.Price * r.Qty
	signed := r.Qty
	if r.Side != '1' {
		signed = -signed
	}
	id := g.last + 1
	o := &g.book[id&(maxOpen-1)]
	switch {
	case string(r.account[:r.accountN]) != "ACC1":
		why = "unknown account"
	case r.Symbol != [8]byte{'A', 'A', 'P', 'L'}:
		why = "unknown symbol"
	case r.Qty <= 0 || r.Qty > maxQty:
		why = "order size"
	case r.Price <= 0 || value > maxValue:
		why = "notional"
	case r.Price > refPrice+collar || r.Price < refPrice-collar:
		why = "price collar"
	case g.nOpen >= 200_000 || o.used:
		why = "open orders"
	case g.exposure+value > 1<<60 || g.pos+signed > 1<<40 || g.pos+signed < -1<<40:
		why = "exposure"
	case !g.venue.up:
		why = "venue away"
	}
	if why != "" {
		g.refuse(r, why)
		return
	}
	g.last = id
	g.nOpen++
	g.exposure += value
	o.used, o.req = true, *r
	w := &g.venue.w
	w.begin('D', g.now)
	w.out = append(w.out, "11=G"...)
	w.out = digits(w.out, id)
	w.out = append(w.out, soh)
	w.field("1=", r.account[:r.accountN])
	w.char("21=", r.Handl)
	w.field("55=", trim(r.Symbol[:]))
	w.char("54=", r.Side)
	w.field("38=", r.qtyText[:r.qtyN])
	w.char("40=", r.OrdType)
	w.field("44=", r.priceText[:r.priceN])
	w.char("59=", r.TIF)
	w.field("60=", r.whenText[:r.whenN])
	g.send(w)
}

func trim(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

func (g *gateway) report(r *ExecutionReport) {
	o := &g.book[r.Order&(maxOpen-1)]
	if !o.used {
		return
	}
	q := &o.req
	g.execs++
	w := &g.client.w
	w.begin('8', g.now)
	w.out = append(w.out, "37=G"...)
	w.out = digits(w.out, r.Order)
	w.out = append(w.out, "\x0117=X"...)
	w.out = digits(w.out, g.execs)
	w.out = append(w.out, soh)
	w.char("150=", r.ExecType)
	w.char("39=", r.Status)
	w.field("11=", q.id[:q.idN])
	w.field("1=", q.account[:q.accountN])
	w.field("55=", trim(q.Symbol[:]))
	w.char("54=", q.Side)
	w.field("38=", q.qtyText[:q.qtyN])
	w.char("40=", q.OrdType)
	w.field("44=", q.priceText[:q.priceN])
	if r.lastQtyN > 0 {
		w.field("32=", r.lastQty[:r.lastQtyN])
		w.field("31=", r.lastPx[:r.lastPxN])
	}
	w.field("151=", r.leaves[:r.leavesN])
	w.field("14=", r.cum[:r.cumN])
	w.field("6=", r.avg[:r.avgN])
	w.field("60=", r.when[:r.whenN])
	g.send(w)
	if r.Status == '2' || r.Status == '4' || r.Status == '8' {
		o.used = false
		g.nOpen--
		g.exposure -= q.Price * q.Qty
		if r.Status == '2' {
			if q.Side == '1' {
				g.pos += q.Qty
			} else {
				g.pos -= q.Qty
			}
		}
	}
}

func (g *gateway) refuse(r *OrderRequest, why string) {
	g.execs++
	w := &g.client.w
	w.begin('8', g.now)
	w.out = append(w.out, "37=NONE\x0117=X"...)
	w.out = digits(w.out, g.execs)
	w.out = append(w.out, "\x01150=8\x0139=8\x01151=0\x0114=0\x016=0\x0158="...)
	w.out = append(w.out, why...)
	w.out = append(w.out, soh)
	w.field("11=", r.id[:r.idN])
	w.field("55=", trim(r.Symbol[:]))
	w.char("54=", r.Side)
	g.send(w)
}

func (s *side) flush(spin bool) {
	if len(s.w.out) == 0 || s.conn == nil {
		return
	}
	if !spin {
		if _, err := s.conn.Write(s.w.out); err != nil {
			s.up = false
		}
		s.w.out = s.w.out[:0]
		return
	}
	n, _, e := syscall.RawSyscall6(syscall.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&s.w.out[0])), uintptr(len(s.w.out)), syscall.MSG_NOSIGNAL|syscall.MSG_DONTWAIT, 0, 0)
	if e == 0 {
		s.w.out = s.w.out[:copy(s.w.out, s.w.out[n:])]
	} else if e != syscall.EAGAIN {
		s.up = false
		s.w.out = s.w.out[:0]
	}
}

func pin(cpu int) {
	runtime.LockOSThread()
	if cpu < 0 {
		return
	}
	var mask [16]uint64
	mask[cpu/64] = 1 << (cpu % 64)
	syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(mask), uintptr(unsafe.Pointer(&mask)))
}

// attach makes a connection the side's; its buffers and sequence start anew.
func (s *side) attach(c net.Conn) {
	s.conn = c.(*net.TCPConn)
	check(s.conn.SetNoDelay(true))
	raw, err := s.conn.SyscallConn()
	check(err)
	check(raw.Control(func(fd uintptr) { s.fd = int(fd) }))
	s.n, s.seq, s.up = 0, 0, false
	s.w.out, s.w.seq = s.w.out[:0], 0
}

func (s *side) read(parse func([]byte) int) bool {
	n, _, e := syscall.RawSyscall6(syscall.SYS_RECVFROM, uintptr(s.fd), uintptr(unsafe.Pointer(&s.in[s.n])), uintptr(len(s.in)-s.n), syscall.MSG_DONTWAIT, 0, 0)
	if e == syscall.EAGAIN {
		return true
	}
	if e != 0 || n == 0 {
		return false
	}
	s.n += int(n)
	used := parse(s.in[:s.n])
	if used < 0 {
		return false
	}
	s.n = copy(s.in, s.in[used:s.n])
	return true
}

func main() {
	port, vport, dir, mode := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	cpu, err := strconv.Atoi(os.Args[5])
	check(err)
	g := &gateway{orders: newRing[OrderRequest](1 << 13), reports: newRing[ExecutionReport](1 << 13), book: make([]open, maxOpen), wake: make(chan struct{}, 1), spin: mode == "spin", cpu: cpu, now: time.Now()}
	g.orderPool.New = func() any { return &OrderRequest{} }
	g.reportPool.New = func() any { return &ExecutionReport{} }
	for i := range g.book {
		g.book[i].used = false
	}
	g.client.w.head = []byte("\x0149=GATEWAY\x0156=CLIENT\x0134=")
	g.venue.w.head = []byte("\x0149=GATEWAY\x0156=VENUE\x0134=")
	for _, s := range []*side{&g.client, &g.venue} {
		s.in, s.w.out = make([]byte, 1<<18), make([]byte, 0, 1<<20)
	}
	g.client.log, g.venue.log, g.out = newJournal(dir, "client", 4), newJournal(dir, "venue", 4), newJournal(dir, "sent", 8)
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	check(err)
	var orders []*OrderRequest
	var reports []*ExecutionReport
	for i := 0; i < 4096; i++ {
		orders, reports = append(orders, g.orderPool.Get().(*OrderRequest)), append(reports, g.reportPool.Get().(*ExecutionReport))
	}
	for i := range orders {
		g.orderPool.Put(orders[i])
		g.reportPool.Put(reports[i])
	}
	fmt.Println("ready")
	for {
		g.serve(listener, vport)
	}
}

// serve runs one client and one venue connection until either ends.
func (g *gateway) serve(listener net.Listener, vport string) {
	var v net.Conn
	for {
		c, err := net.Dial("tcp", "127.0.0.1:"+vport)
		if err == nil {
			v = c
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	g.venue.attach(v)
	g.now = time.Now()
	g.logon(&g.venue)
	g.venue.flush(g.spin)
	c, err := listener.Accept()
	check(err)
	g.client.attach(c)
	if g.spin {
		done := make(chan struct{})
		go func() {
			pin(g.cpu)
			for g.client.read(g.fromClient) && g.venue.read(g.fromVenue) {
				if g.drain() || len(g.venue.w.out)+len(g.client.w.out) > 0 {
					g.venue.flush(true)
					g.client.flush(true)
				}
			}
			close(done)
		}()
		<-done
	} else {
		end := make(chan struct{}, 3)
		stop := make(chan struct{})
		var over sync.WaitGroup
		reader := func(s *side, parse func([]byte) int) {
			defer over.Done()
			for {
				n, err := s.conn.Read(s.in[s.n:])
				if err != nil {
					break
				}
				s.n += n
				used := parse(s.in[:s.n])
				if used < 0 {
					break
				}
				s.n = copy(s.in, s.in[used:s.n])
				select {
				case g.wake <- struct{}{}:
				default:
				}
			}
			end <- struct{}{}
		}
		over.Add(3)
		go reader(&g.client, g.fromClient)
		go reader(&g.venue, g.fromVenue)
		go func() {
			defer over.Done()
			pin(g.cpu)
			for {
				select {
				case <-g.wake:
				case <-stop:
					return
				}
				for g.drain() {
					g.venue.flush(false)
					g.client.flush(false)
				}
			}
		}()
		<-end
		close(stop)
		g.client.conn.Close()
		g.venue.conn.Close()
		over.Wait()
	}
	g.client.conn.Close()
	g.venue.conn.Close()
	g.drain()
	for i := range g.book {
		g.book[i].used = false
	}
	g.nOpen, g.exposure = 0, 0
	g.client.w.out, g.venue.w.out = g.client.w.out[:0], g.venue.w.out[:0]
}
