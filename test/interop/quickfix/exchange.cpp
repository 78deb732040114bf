// An exchange that follows commands, one command a line on stdin (the log: party.h):
//
//     exchange venue VERSION PORT STORE LOG RUN [DICTIONARY]
//
//     fill ORDER QTY PRICE       a trade; more than the order's quantity is allowed
//     lose ORDER QTY PRICE       a trade that is booked and never reported: later totals have it
//     bust EXEC                  takes a trade back; an order that it had filled lives again
//     correct EXEC QTY PRICE     changes a trade
//     status ORDER               reports the order as it is
//     expire ORDER               ends it
//     off / on                   logs out and refuses Logons / accepts them again; reports meanwhile wait in the store
//     skip N                     the next N numbers are never used: a gap without messages
//     sequence N                 a SequenceReset to the number N
//     reset                      both numbers begin at 1 again; the connection ends
//
// ORDER is the OrderID, V1 and so on in the order of their coming; EXEC the ExecID, RUN and a number. Orders are
// acknowledged, cancels and replaces accepted, at once. VERSION is FIX.4.0 to FIX.5.0SP2 (5.0 and later over FIXT.1.1).
#include <quickfix/SocketAcceptor.h>

#include <chrono>
#include <cmath>
#include <iostream>
#include <map>
#include <stdexcept>
#include <thread>
#include <vector>

#include "party.h"

namespace {

const std::chrono::milliseconds kTurn(10);
const int kPatience = 1000;

struct Trade {
  int quantity;
  double price;
};

struct Order {
  std::string id, clOrdId, origClOrdId, symbol, side, price;
  int quantity = 0;
  // Canceled or expired: OrdStatus.
  std::string ended;
  std::map<std::string, Trade> trades;

  int done() const {
    int sum = 0;
    for (const auto& one : trades) sum += one.second.quantity;
    return sum;
  }
  double average() const {
    double value = 0;
    for (const auto& one : trades) value += one.second.quantity * one.second.price;
    return done() == 0 ? 0 : value / done();
  }
  int leaves() const { return ended.empty() && done() < quantity ? quantity - done() : 0; }
  std::string status() const {
    if (!ended.empty()) return ended;
    return done() >= quantity ? "2" : done() > 0 ? "1" : "0";
  }
};

std::string text(double number) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.12g", std::round(number * 1e8) / 1e8);
  return digits;
}

class Exchange : public Party {
 public:
  Exchange(Log& log, const std::string& version, const std::string& run) : Party(log, version), run_(run) {}

  void command(const std::string& line) {
    std::istringstream words(line);
    std::string verb, name;
    double first = 0, second = 0;
    words >> verb;
    if (verb != "skip" && verb != "sequence") words >> name;
    words >> first >> second;
    if (verb == "off") return log(false);
    if (verb == "on") return log(true);
    std::lock_guard<std::recursive_mutex> lock(mutex_);
    if (verb == "reset") return session().reset();
    if (verb == "skip") return session().setNextSenderMsgSeqNum(session().getExpectedSenderNum() + static_cast<int>(first));
    if (verb == "sequence") return sequence(static_cast<int>(first));
    if (verb == "bust" || verb == "correct") return change(verb == "bust", name, {static_cast<int>(first), second});
    Order& order = find(name);
    if (verb == "fill" || verb == "lose") return trade(order, {static_cast<int>(first), second}, verb == "fill");
    if (verb == "status") return report(order, isOld() ? order.status() : "I", isOld() ? "3" : "");
    if (verb != "expire") throw std::runtime_error("no such command: " + line);
    order.ended = "C";
    report(order, "C", "0");
  }

 protected:
  void take(const FIX::Message& request) override {
    std::lock_guard<std::recursive_mutex> lock(mutex_);
    const std::string type = field(request.getHeader(), 35);
    if (type == "D") {
      Order& order = orders_["V" + std::to_string(orders_.size() + 1)];
      order.id = "V" + std::to_string(orders_.size());
      order.symbol = field(request, 55);
      order.side = field(request, 54);
      terms(order, request);
      return report(order, "0", "0");
    }
    for (auto& one : orders_) {
      Order& order = one.second;
      if (order.clOrdId != field(request, 41)) continue;
      order.origClOrdId = order.clOrdId;
      if (type == "G") terms(order, request);
      else order.ended = "4";
      order.clOrdId = field(request, 11);
      return report(order, type == "G" ? "5" : "4", "0");
    }
    fault("a change of an unknown order: " + request.toString());
  }

 private:
  FIX::Session& session() { return *FIX::Session::lookupSession(id()); }

  Order& find(const std::string& name) {
    const auto at = orders_.find(name);
    if (at == orders_.end()) throw std::runtime_error("no such order: " + name);
    return at->second;
  }

  static void terms(Order& order, const FIX::Message& request) {
    order.clOrdId = field(request, 11);
    order.quantity = std::stoi(field(request, 38));
    order.price = field(request, 44);
  }

  void trade(Order& order, const Trade& trade, bool isReported) {
    const std::string exec = nextExec();
    order.trades[exec] = trade;
    if (isReported) report(order, isOld() ? order.status() : "F", "0", &trade, exec);
  }

  void change(bool isBust, const std::string& exec, const Trade& now) {
    for (auto& one : orders_) {
      Order& order = one.second;
      const auto at = order.trades.find(exec);
      if (at == order.trades.end()) continue;
      const Trade said = isBust ? at->second : now;
      if (isBust) order.trades.erase(at);
      else at->second = now;
      return report(order, isOld() ? order.status() : isBust ? "H" : "G", isBust ? "1" : "2", &said, nextExec(), exec);
    }
    throw std::runtime_error("no such trade: " + exec);
  }

  void report(const Order& order, const std::string& execType, const std::string& transType, const Trade* last = nullptr,
              std::string exec = "", const std::string& ref = "") {
    FIX::Message message = start("8");
    message.setField(6, text(order.average()));
    message.setField(11, order.clOrdId);
    message.setField(14, std::to_string(order.done()));
    message.setField(17, exec.empty() ? nextExec() : exec);
    if (!ref.empty()) message.setField(19, ref);
    if (isOld()) message.setField(20, transType);
    if (last != nullptr || version() < "FIX.4.2") {
      message.setField(31, text(last == nullptr ? 0 : last->price));
      message.setField(32, std::to_string(last == nullptr ? 0 : last->quantity));
    }
    message.setField(37, order.id);
    message.setField(38, std::to_string(order.quantity));
    // FIX 4.0 has no ExecType: its OrdStatus says that the order was replaced.
    message.setField(39, execType == "5" && version() == "FIX.4.0" ? "5" : order.status());
    if (!order.origClOrdId.empty()) message.setField(41, order.origClOrdId);
    message.setField(54, order.side);
    message.setField(55, order.symbol);
    message.setField(60, now());
    if (version() != "FIX.4.0") {
      message.setField(150, execType);
      message.setField(151, std::to_string(order.leaves()));
    }
    send(message);
  }

  std::string nextExec() { return run_ + "-" + std::to_string(++execs_); }

  void sequence(int number) {
    FIX::Message message = start("4");
    message.setField(36, std::to_string(number));
    message.setField(123, "N");
    send(message);
    session().setNextSenderMsgSeqNum(number);
  }

  // Returns once the session is as wanted: the session's own thread does it.
  void log(bool on) {
    if (on) session().logon();
    else session().logout("off, on command");
    for (int i = 0; i < kPatience && up() != on; i++) std::this_thread::sleep_for(kTurn);
    if (up() != on) throw std::runtime_error(on ? "no logon" : "no logout");
  }

  std::recursive_mutex mutex_;
  std::map<std::string, Order> orders_;
  std::string run_;
  int execs_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    std::cerr << "exchange venue VERSION PORT STORE LOG RUN [DICTIONARY]\n";
    return 2;
  }
  Log log(argv[5]);
  try {
    std::istringstream text(settingsOf(false, argv[2], argv[3], argv[4], argc > 7 ? argv[7] : ""));
    FIX::SessionSettings settings(text);
    FIX::FileStoreFactory store(settings);
    Exchange exchange(log, argv[2], argv[6]);
    FIX::SocketAcceptor acceptor(exchange, store, settings);
    acceptor.start();
    std::cout << "ready" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
      try {
        exchange.command(line);
      } catch (const std::exception& error) {
        log.line('E', line + ": " + error.what());
      }
      log.line('C', line);
    }
    acceptor.stop(true);
  } catch (const std::exception& error) {
    log.line('E', error.what());
    std::cerr << error.what() << "\n";
    return 1;
  }
}
