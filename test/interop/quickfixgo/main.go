// Both ends of an order flow on QuickFIX/Go, as quickfix/flow.cpp says: the same arguments, log, orders and answers; FIX.4.4 only.
// Settings of certificates in the environment's QUICKFIX_TLS make the session one over TLS.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quickfixgo/quickfix"
	"github.com/quickfixgo/quickfix/store/file"
)

const price = "149.5"

type fields interface {
	GetString(quickfix.Tag) (string, quickfix.MessageRejectError)
}

type flow struct {
	isClient bool
	id       quickfix.SessionID
	up       atomic.Bool
	mutex    sync.Mutex
	log      *os.File
	done     map[string]bool
}

func newFlow(isClient bool, path string) (*flow, error) {
	f := &flow{isClient: isClient, done: map[string]bool{}}
	if text, err := os.ReadFile(path); err == nil && !isClient {
		for _, line := range strings.Split(string(text), "\n") {
			if _, after, found := strings.Cut(line, "|17="); found && strings.HasPrefix(line, "S") {
				id, _, _ := strings.Cut(after, "|")
				f.done[id] = true
			}
		}
	}
	log, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	f.log = log
	return f, err
}

// line is one write: a kill may come at any time.
func (f *flow) line(kind string, text string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if _, err := f.log.WriteString(kind + " " + strings.ReplaceAll(text, "\x01", "|") + "\n"); err != nil {
		panic(err)
	}
}

func field(from fields, tag quickfix.Tag) string {
	text, _ := from.GetString(tag)
	return text
}

func number(from fields, tag quickfix.Tag) int {
	value, err := strconv.Atoi(field(from, tag))
	if err != nil {
		panic(err)
	}
	return value
}

func (f *flow) OnCreate(id quickfix.SessionID) { f.id = id }
func (f *flow) OnLogon(quickfix.SessionID)     { f.up.Store(true) }
func (f *flow) OnLogout(quickfix.SessionID)    { f.up.Store(false) }

func (f *flow) ToAdmin(message *quickfix.Message, _ quickfix.SessionID) {
	if field(&message.Header, 35) == "3" {
		f.line("E", "QuickFIX/Go rejects "+message.String())
	}
}

func (f *flow) ToApp(message *quickfix.Message, _ quickfix.SessionID) error {
	if field(&message.Header, 35) == "j" {
		f.line("E", "QuickFIX/Go rejects "+message.String())
	}
	return nil
}

func (f *flow) FromAdmin(message *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	if field(&message.Header, 35) == "3" {
		f.line("E", "the gateway rejects "+message.String())
	}
	return nil
}

func (f *flow) FromApp(message *quickfix.Message, _ quickfix.SessionID) quickfix.MessageRejectError {
	kind := "R"
	if field(&message.Header, 43) == "Y" {
		kind = "D"
	}
	f.line(kind, message.String())
	if f.isClient {
		f.cancel(message)
	} else {
		f.answer(message)
	}
	return nil
}

func (f *flow) send(message *quickfix.Message) {
	if err := quickfix.SendToTarget(message, f.id); err != nil {
		f.line("E", err.Error())
		return
	}
	// After it is in the store: what a kill leaves out here is asked for again, and sent again with the same ExecID.
	text := message.Body
	line := "|35=" + field(&message.Header, 35) + "|"
	for _, tag := range text.Tags() {
		line += fmt.Sprintf("%d=%s|", tag, field(&text, tag))
	}
	f.line("S", line)
}

func start(kind string) *quickfix.Message {
	message := quickfix.NewMessage()
	message.Header.SetString(35, kind)
	return message
}

func terms(message *quickfix.Message, quantity int) {
	message.Body.SetInt(38, quantity)
	message.Body.SetString(54, "1")
	message.Body.SetString(55, "AAPL")
	message.Body.SetString(60, time.Now().UTC().Format("20060102-15:04:05.000"))
}

func (f *flow) order(clOrdID string, quantity int) {
	message := start("D")
	message.Body.SetString(1, "ACC1")
	message.Body.SetString(11, clOrdID)
	message.Body.SetString(40, "2")
	message.Body.SetString(44, price)
	message.Body.SetString(59, "0")
	terms(message, quantity)
	f.send(message)
}

func (f *flow) cancel(report *quickfix.Message) {
	clOrdID := field(&report.Body, 11)
	if field(&report.Body, 150) != "0" || number(&report.Body, 38)%3 != 0 || f.done[clOrdID] {
		return
	}
	f.done[clOrdID] = true
	message := start("F")
	message.Body.SetString(1, "ACC1")
	message.Body.SetString(11, clOrdID+"-x")
	message.Body.SetString(41, clOrdID)
	terms(message, number(&report.Body, 38))
	f.send(message)
}

func (f *flow) answer(request *quickfix.Message) {
	if field(&request.Header, 35) == "F" {
		f.report(request, "4", "4", 0, 0)
		return
	}
	f.report(request, "0", "0", 0, 0)
	quantity := number(&request.Body, 38)
	if quantity%3 == 0 {
		return
	}
	f.report(request, "F", "1", quantity/2, quantity/2)
	f.report(request, "F", "2", quantity-quantity/2, quantity)
}

func (f *flow) report(request *quickfix.Message, execType string, status string, last int, filled int) {
	clOrdID := field(&request.Body, 11)
	execID := clOrdID + ":" + status
	if f.done[execID] {
		return
	}
	quantity := number(&request.Body, 38)
	message := start("8")
	body := &message.Body
	average, orderID, leaves := "0", clOrdID, quantity-filled
	if filled > 0 {
		average = price
	}
	if status == "4" {
		leaves = 0
	}
	if request.Body.Has(41) {
		orderID = field(&request.Body, 41)
		body.SetString(41, orderID)
	}
	body.SetString(6, average)
	body.SetString(11, clOrdID)
	body.SetInt(14, filled)
	body.SetString(17, execID)
	if last > 0 {
		body.SetString(31, price)
		body.SetInt(32, last)
	}
	body.SetString(37, "V"+orderID)
	body.SetString(39, status)
	body.SetString(58, execID)
	body.SetString(150, execType)
	body.SetInt(151, leaves)
	terms(message, quantity)
	f.send(message)
	f.done[execID] = true
}

// trade sends orders at a few a turn, while the gateway is there and, a few, while it is not; until a line comes.
func (f *flow) trade(run string) {
	var isQuiet atomic.Bool
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		isQuiet.Store(true)
	}()
	for count, queued := 0, 0; !isQuiet.Load(); time.Sleep(4 * time.Millisecond) {
		if f.up.Load() {
			queued = 0
		} else if queued++; queued > 10 {
			continue
		}
		count++
		f.order(fmt.Sprintf("%s-%d", run, count), 100+count)
	}
}

func settingsText(isClient bool, arguments []string) string {
	text := "[DEFAULT]\nReconnectInterval=1\nHeartBtInt=5\nFileStorePath=" + arguments[2]
	if tls := os.Getenv("QUICKFIX_TLS"); tls != "" {
		text += "\n" + tls
	}
	port, name := "\nSocketConnectHost=localhost\nSocketConnectPort=", "ALICE"
	if !isClient {
		port, name = "\nSocketAcceptPort=", "VENUE"
	}
	text += port + arguments[1]
	return text + "\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=GATEWAY\nSenderCompID=" + name + "\n"
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	isClient := os.Args[1] == "client"
	arguments := os.Args[2:]
	f, err := newFlow(isClient, arguments[3])
	must(err)
	settings, err := quickfix.ParseSettings(strings.NewReader(settingsText(isClient, arguments)))
	must(err)
	store := file.NewStoreFactory(settings)
	log := quickfix.NewNullLogFactory()
	if isClient {
		initiator, err := quickfix.NewInitiator(f, store, settings, log)
		must(err)
		must(initiator.Start())
	} else {
		acceptor, err := quickfix.NewAcceptor(f, store, settings, log)
		must(err)
		must(acceptor.Start())
	}
	fmt.Println("ready")
	if isClient {
		f.trade(arguments[4])
	}
	select {}
}
