// A trading client on the QuickFIX library: it trades with the gateway at 127.0.0.1:PORT, holds every report to what FIX
// 4.4 requires of it, and prints one JSON line. Exit code 0 when all was as it should be.
//
//     client PORT STORE-DIRECTORY [FIX44.xml]
//
// With the dictionary QuickFIX itself checks each message too, and rejects what the standard doesn't allow.
#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketInitiator.h>
#include <quickfix/fix44/NewOrderSingle.h>
#include <quickfix/fix44/OrderCancelReplaceRequest.h>
#include <quickfix/fix44/OrderCancelRequest.h>
#include <quickfix/fix44/OrderStatusRequest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

const std::chrono::seconds kPatience(8);

struct Problem : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Trader : public FIX::Application {
 public:
  void onCreate(const FIX::SessionID&) override {}
  void onLogon(const FIX::SessionID& id) override {
    std::lock_guard<std::mutex> lock(mutex_);
    id_ = id;
    loggedOn_ = true;
    changed_.notify_all();
  }
  void onLogout(const FIX::SessionID&) override {
    std::lock_guard<std::mutex> lock(mutex_);
    loggedOn_ = false;
    changed_.notify_all();
  }
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override {
    // Our own Reject says that QuickFIX didn't like what came.
    if (message.getHeader().getField(35) == "3") fault("QuickFIX rejects: " + readable(message));
  }
  void toApp(FIX::Message&, const FIX::SessionID&) throw(FIX::DoNotSend) override {}
  void fromAdmin(const FIX::Message& message, const FIX::SessionID&)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {
    if (message.getHeader().getField(35) == "3") fault("the gateway rejects: " + readable(message));
  }
  void fromApp(const FIX::Message& message, const FIX::SessionID&)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    std::lock_guard<std::mutex> lock(mutex_);
    check(message);
    came_.push_back(message);
    changed_.notify_all();
  }

  void waitLogon(bool wanted) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (!changed_.wait_for(lock, kPatience, [&] { return loggedOn_ == wanted; })) throw Problem(wanted ? "no logon" : "no logout");
  }

  void send(FIX::Message& message) { FIX::Session::sendToTarget(message, id_); }

  // The next message for a ClOrdID, which must have this MsgType, ExecType (none for a cancel reject) and OrdStatus.
  FIX::Message expect(const std::string& clOrdId, const std::string& type, char execType, char status) {
    std::unique_lock<std::mutex> lock(mutex_);
    FIX::Message found;
    const bool came = changed_.wait_for(lock, kPatience, [&] {
      for (auto at = came_.begin(); at != came_.end(); ++at) {
        if (at->isSetField(11) && at->getField(11) != clOrdId) continue;
        found = *at;
        came_.erase(at);
        return true;
      }
      return false;
    });
    if (!came) throw Problem("no answer to " + clOrdId);
    if (found.getHeader().getField(35) != type) throw Problem("MsgType " + type + " expected: " + readable(found));
    if (execType != 0 && found.getField(150) != std::string(1, execType)) throw Problem(std::string("ExecType ") + execType + " expected: " + readable(found));
    if (found.getField(39) != std::string(1, status)) throw Problem(std::string("OrdStatus ") + status + " expected: " + readable(found));
    return found;
  }

  // From QuickFIX's thread and from ours.
  void fault(const std::string& text) {
    std::lock_guard<std::mutex> lock(faultsMutex_);
    faults_.push_back(text);
  }
  const std::vector<std::string>& faults() const { return faults_; }
  int reports() const { return reports_; }

  static std::string readable(const FIX::Message& message) {
    std::string text = message.toString();
    for (char& c : text)
      if (c == '\x01') c = '|';
    return text;
  }

 private:
  void check(const FIX::Message& message) {
    const std::string type = message.getHeader().getField(35);
    if (type == "8") {
      reports_++;
      require(message, {37, 17, 150, 39, 54, 55, 151, 14, 6, 38, 60, 11, 1});
      if (message.isSetField(150) && message.getField(150) == "F") require(message, {31, 32});
      if (message.isSetField(150) && message.getField(150) == "8") require(message, {103, 58});
      if (message.isSetField(151) && message.isSetField(14) && message.isSetField(38)) quantities(message);
      if (message.isSetField(17) && !execIds_.insert(message.getField(17)).second) fault("ExecID twice: " + readable(message));
    } else if (type == "9") {
      reports_++;
      require(message, {37, 11, 41, 39, 434, 102});
    } else {
      fault("not expected: " + readable(message));
    }
  }

  void quantities(const FIX::Message& message) {
    const std::string status = message.getField(39);
    const long ordered = std::stol(message.getField(38)), done = std::stol(message.getField(14)), leaves = std::stol(message.getField(151));
    const bool over = status == "2" || status == "4" || status == "8" || status == "C";
    if (leaves != (over ? 0 : ordered - done)) fault("LeavesQty is wrong: " + readable(message));
  }

  void require(const FIX::Message& message, const std::vector<int>& tags) {
    for (int tag : tags)
      if (!message.isSetField(tag)) fault("tag " + std::to_string(tag) + " is missing: " + readable(message));
  }

  std::mutex mutex_;
  std::mutex faultsMutex_;
  std::condition_variable changed_;
  std::deque<FIX::Message> came_;
  std::set<std::string> execIds_;
  std::vector<std::string> faults_;
  FIX::SessionID id_;
  bool loggedOn_ = false;
  int reports_ = 0;
};

FIX44::NewOrderSingle newOrder(const std::string& id, char side, long quantity, char type, double price) {
  FIX44::NewOrderSingle order{FIX::ClOrdID(id), FIX::Side(side), FIX::TransactTime(), FIX::OrdType(type)};
  order.set(FIX::Account("ACC1"));
  order.set(FIX::Symbol("AAPL"));
  order.set(FIX::OrderQty(quantity));
  order.set(FIX::TimeInForce(FIX::TimeInForce_DAY));
  if (type == FIX::OrdType_LIMIT) order.set(FIX::Price(price));
  return order;
}

FIX44::OrderCancelRequest cancelOf(const std::string& orig, const std::string& id, long quantity) {
  FIX44::OrderCancelRequest cancel{FIX::OrigClOrdID(orig), FIX::ClOrdID(id), FIX::Side(FIX::Side_BUY), FIX::TransactTime()};
  cancel.set(FIX::Account("ACC1"));
  cancel.set(FIX::Symbol("AAPL"));
  cancel.set(FIX::OrderQty(quantity));
  return cancel;
}

void trade(Trader& trader, const std::string& run) {
  const std::string bid = run + "-bid", changed = run + "-changed", offer = run + "-offer", gone = run + "-gone";

  auto first = newOrder(bid, FIX::Side_BUY, 300, FIX::OrdType_LIMIT, 149.25);
  trader.send(first);
  trader.expect(bid, "8", '0', '0');

  FIX44::OrderCancelReplaceRequest replace{FIX::OrigClOrdID(bid), FIX::ClOrdID(changed), FIX::Side(FIX::Side_BUY), FIX::TransactTime(),
                                             FIX::OrdType(FIX::OrdType_LIMIT)};
  replace.set(FIX::Account("ACC1"));
  replace.set(FIX::Symbol("AAPL"));
  replace.set(FIX::OrderQty(200));
  replace.set(FIX::Price(149.5));
  replace.set(FIX::TimeInForce(FIX::TimeInForce_DAY));
  trader.send(replace);
  const FIX::Message replaced = trader.expect(changed, "8", '5', '0');
  if (replaced.getField(41) != bid) trader.fault("OrigClOrdID is wrong: " + Trader::readable(replaced));
  if (std::stod(replaced.getField(44)) != 149.5 || replaced.getField(151) != "200") trader.fault("not replaced: " + Trader::readable(replaced));

  // A market order to sell meets it: both sides are ours.
  auto market = newOrder(offer, FIX::Side_SELL, 50, FIX::OrdType_MARKET, 0);
  trader.send(market);
  trader.expect(offer, "8", '0', '0');
  const FIX::Message sold = trader.expect(offer, "8", 'F', '2');
  if (std::stod(sold.getField(31)) != 149.5 || sold.getField(32) != "50") trader.fault("wrong fill: " + Trader::readable(sold));
  trader.expect(changed, "8", 'F', '1');

  FIX44::OrderStatusRequest ask{FIX::ClOrdID(changed), FIX::Side(FIX::Side_BUY)};
  ask.set(FIX::Account("ACC1"));
  ask.set(FIX::Symbol("AAPL"));
  trader.send(ask);
  const FIX::Message status = trader.expect(changed, "8", 'I', '1');
  if (status.getField(14) != "50" || status.getField(151) != "150") trader.fault("wrong status: " + Trader::readable(status));

  auto cancel = cancelOf(changed, run + "-cancel", 200);
  trader.send(cancel);
  const FIX::Message cancelled = trader.expect(run + "-cancel", "8", '4', '4');
  if (cancelled.getField(14) != "50" || cancelled.getField(41) != changed) trader.fault("wrong cancel: " + Trader::readable(cancelled));

  auto late = cancelOf(changed, run + "-late", 200);
  trader.send(late);
  trader.expect(run + "-late", "9", 0, '4');
  auto unknown = cancelOf(gone, run + "-unknown", 200);
  trader.send(unknown);
  const FIX::Message none = trader.expect(run + "-unknown", "9", 0, '8');
  if (none.getField(37) != "NONE" || none.getField(102) != "1") trader.fault("wrong reject: " + Trader::readable(none));

  auto large = newOrder(run + "-large", FIX::Side_BUY, 1000000, FIX::OrdType_LIMIT, 150);
  trader.send(large);
  trader.expect(run + "-large", "8", '8', '8');
}

std::string settingsOf(const std::string& port, const std::string& store, const std::string& dictionary) {
  std::ostringstream text;
  text << "[DEFAULT]\nConnectionType=initiator\nReconnectInterval=1\nFileStorePath=" << store
       << "\nStartTime=00:00:00\nEndTime=00:00:00\nHeartBtInt=5\nUseDataDictionary=" << (dictionary.empty() ? "N" : "Y\nDataDictionary=" + dictionary)
       << "\n[SESSION]\nBeginString=FIX.4.4\nSenderCompID=ALICE\nTargetCompID=GATEWAY\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" << port << "\n";
  return text.str();
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out + "\"";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "client PORT STORE-DIRECTORY [FIX44.xml]\n";
    return 2;
  }
  Trader trader;
  int rounds = 0;
  try {
    std::istringstream text(settingsOf(argv[1], argv[2], argc > 3 ? argv[3] : ""));
    FIX::SessionSettings settings(text);
    FIX::FileStoreFactory store(settings);
    // Twice: the second logon goes on with the numbers of the first, from QuickFIX's store and from our journal.
    for (; rounds < 2; rounds++) {
      FIX::SocketInitiator initiator(trader, store, settings);
      // Its thread must have ended before it goes, whatever happens.
      struct Stop {
        FIX::SocketInitiator& initiator;
        ~Stop() { initiator.stop(); }
      };
      {
        Stop stop{initiator};
        initiator.start();
        trader.waitLogon(true);
        trade(trader, "Q" + std::to_string(rounds) + "-" + std::to_string(std::chrono::system_clock::now().time_since_epoch().count() % 1000000));
      }
      trader.waitLogon(false);
    }
  } catch (const std::exception& error) {
    trader.fault(error.what());
  }
  std::cout << "{\"rounds\":" << rounds << ",\"reports\":" << trader.reports() << ",\"dictionary\":" << (argc > 3 ? "true" : "false") << ",\"faults\":[";
  for (size_t i = 0; i < trader.faults().size(); i++) std::cout << (i > 0 ? "," : "") << quoted(trader.faults()[i]);
  std::cout << "]}" << std::endl;
  return trader.faults().empty() ? 0 : 1;
}
