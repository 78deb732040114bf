// Both ends of an order flow on the QuickFIX library, to be killed and started again at any moment: its FileStore keeps
// the session, its log the application messages, one a line:
//
//     R <message>   received, before it was acted on       D <message>   the same with PossDupFlag
//     S <message>   about to be sent for the first time    E <text>      something was wrong
//
//     flow client VERSION PORT STORE LOG RUN [DICTIONARY]     sends orders numbered <RUN>-<n> until a line comes on stdin
//     flow venue  VERSION PORT STORE LOG RUN [DICTIONARY]     answers by the order's quantity, also again after a kill
//
// VERSION is FIX.4.2, FIX.4.4 or FIX.5.0SP2 (then over FIXT.1.1). An order whose quantity is a multiple of three stays
// open and is canceled; others are filled in two parts. Every execution has one ExecID for ever and carries it as Text.
#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

const char kPrice[] = "149.5";

std::string field(const FIX::FieldMap& message, int tag) { return message.isSetField(tag) ? message.getField(tag) : ""; }

std::string beginOf(const std::string& version) { return version.compare(0, 5, "FIX.5") == 0 ? "FIXT.1.1" : version; }

std::string now() { return FIX::UtcTimeStampConvertor::convert(FIX::UtcTimeStamp(), 3); }

bool isDup(const FIX::Message& message) { return field(message.getHeader(), 43) == "Y"; }

class Log {
 public:
  explicit Log(const std::string& path) : file_(std::fopen(path.c_str(), "a")) {}
  void line(char kind, std::string text) {
    for (char& c : text)
      if (c == '\x01') c = '|';
    std::lock_guard<std::mutex> lock(mutex_);
    std::fprintf(file_, "%c %s\n", kind, text.c_str());
    std::fflush(file_);
  }

 private:
  std::FILE* file_;
  std::mutex mutex_;
};

class Flow : public FIX::Application {
 public:
  Flow(Log& log, const std::string& version) : log_(log), version_(version) {}
  void onCreate(const FIX::SessionID& id) override { id_ = id; }
  void onLogon(const FIX::SessionID&) override { up_ = true; }
  void onLogout(const FIX::SessionID&) override { up_ = false; }
  void toAdmin(FIX::Message& message, const FIX::SessionID&) override {
    if (field(message.getHeader(), 35) == "3") log_.line('E', "QuickFIX rejects " + message.toString());
  }
  void toApp(FIX::Message& message, const FIX::SessionID&) throw(FIX::DoNotSend) override {
    if (field(message.getHeader(), 35) == "j") log_.line('E', "QuickFIX rejects " + message.toString());
    if (!isDup(message)) log_.line('S', message.toString());
  }
  void fromAdmin(const FIX::Message& message, const FIX::SessionID&)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::RejectLogon) override {
    if (field(message.getHeader(), 35) == "3") log_.line('E', "the gateway rejects " + message.toString());
  }
  void fromApp(const FIX::Message& message, const FIX::SessionID&)
      throw(FIX::FieldNotFound, FIX::IncorrectDataFormat, FIX::IncorrectTagValue, FIX::UnsupportedMessageType) override {
    log_.line(isDup(message) ? 'D' : 'R', message.toString());
    take(message);
  }
  bool up() const { return up_; }

 protected:
  virtual void take(const FIX::Message& message) = 0;
  bool is42() const { return version_ == "FIX.4.2"; }
  FIX::Message start(const std::string& type) const {
    FIX::Message message;
    message.getHeader().setField(8, beginOf(version_));
    message.getHeader().setField(35, type);
    return message;
  }
  void send(FIX::Message& message) { FIX::Session::sendToTarget(message, id_); }

 private:
  Log& log_;
  std::string version_;
  FIX::SessionID id_;
  std::atomic<bool> up_{false};
};

class Client : public Flow {
 public:
  using Flow::Flow;
  void order(const std::string& id, int quantity) {
    FIX::Message message = start("D");
    message.setField(1, "ACC1");
    message.setField(11, id);
    message.setField(40, "2");
    message.setField(44, kPrice);
    terms(message, quantity);
    message.setField(59, "0");
    send(message);
  }

 protected:
  void take(const FIX::Message& report) override {
    const std::string id = field(report, 11);
    if (field(report, 150) != "0" || std::stoi(field(report, 38)) % 3 != 0 || !canceled_.insert(id).second) return;
    FIX::Message message = start("F");
    message.setField(1, "ACC1");
    message.setField(11, id + "-x");
    message.setField(41, id);
    terms(message, std::stoi(field(report, 38)));
    send(message);
  }

 private:
  void terms(FIX::Message& message, int quantity) const {
    if (is42() && field(message.getHeader(), 35) == "D") message.setField(21, "1");
    message.setField(38, std::to_string(quantity));
    message.setField(54, "1");
    message.setField(55, "AAPL");
    message.setField(60, now());
  }
  std::set<std::string> canceled_;
};

// Answers the same request in the same way each time; what of the answer was sent before a kill is in the log.
class Venue : public Flow {
 public:
  Venue(Log& log, const std::string& version, const std::string& logPath) : Flow(log, version) {
    std::ifstream file(logPath);
    for (std::string line; std::getline(file, line);) {
      const size_t at = line.find("|17=");
      if (line[0] == 'S' && at != std::string::npos) done_.insert(line.substr(at + 4, line.find('|', at + 4) - at - 4));
    }
  }

 protected:
  void take(const FIX::Message& request) override {
    const std::string type = field(request.getHeader(), 35);
    const int quantity = std::stoi(field(request, 38));
    if (type == "F") return report(request, "4", "4", 0, 0);
    report(request, "0", "0", 0, 0);
    if (quantity % 3 == 0) return;
    report(request, is42() ? "1" : "F", "1", quantity / 2, quantity / 2);
    report(request, is42() ? "2" : "F", "2", quantity - quantity / 2, quantity);
  }

 private:
  void report(const FIX::Message& request, const std::string& execType, const std::string& status, int last, int done) {
    const std::string id = field(request, 11), execId = id + ":" + status;
    if (done_.count(execId)) return;
    const int quantity = std::stoi(field(request, 38));
    FIX::Message message = start("8");
    message.setField(6, done > 0 ? kPrice : "0");
    message.setField(11, id);
    message.setField(14, std::to_string(done));
    message.setField(17, execId);
    if (is42()) message.setField(20, "0");
    if (last > 0) {
      message.setField(31, kPrice);
      message.setField(32, std::to_string(last));
    }
    message.setField(37, "V" + (request.isSetField(41) ? field(request, 41) : id));
    message.setField(38, std::to_string(quantity));
    message.setField(39, status);
    if (request.isSetField(41)) message.setField(41, field(request, 41));
    message.setField(54, "1");
    message.setField(55, "AAPL");
    message.setField(58, execId);
    message.setField(60, now());
    message.setField(150, execType);
    message.setField(151, status == "4" ? "0" : std::to_string(quantity - done));
    send(message);
    done_.insert(execId);
  }
  std::set<std::string> done_;
};

std::string settingsOf(bool client, const std::string& version, const std::string& port, const std::string& store,
                       const std::string& dictionary) {
  std::ostringstream text;
  text << "[DEFAULT]\nConnectionType=" << (client ? "initiator" : "acceptor") << "\nReconnectInterval=1\nFileStorePath=" << store
       << "\nStartTime=00:00:00\nEndTime=00:00:00\nHeartBtInt=5\nSocketReuseAddress=Y\nSocketNodelay=Y\nUseDataDictionary="
       << (dictionary.empty() ? "N" : "Y\nDataDictionary=" + dictionary);
  if (beginOf(version) != version) text << "\nDefaultApplVerID=" << version;
  text << "\n[SESSION]\nBeginString=" << beginOf(version) << "\nTargetCompID=GATEWAY\nSenderCompID=" << (client ? "ALICE" : "VENUE");
  if (client) text << "\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" << port << "\n";
  else text << "\nSocketAcceptPort=" << port << "\n";
  return text.str();
}

// Orders at a few a turn, while the gateway is there and, a few, while it is not.
void trade(Client& client, const std::string& run) {
  std::atomic<bool> over{false};
  std::thread waiter([&] {
    std::string line;
    std::getline(std::cin, line);
    over = true;
  });
  for (int count = 0, queued = 0; !over;) {
    if (client.up()) queued = 0;
    if (client.up() || queued++ < 10) {
      count++;
      client.order(run + "-" + std::to_string(count), 100 + count);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(4));
  }
  waiter.join();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    std::cerr << "flow client|venue VERSION PORT STORE LOG RUN [DICTIONARY]\n";
    return 2;
  }
  const bool isClient = std::string(argv[1]) == "client";
  Log log(argv[5]);
  try {
    std::istringstream text(settingsOf(isClient, argv[2], argv[3], argv[4], argc > 7 ? argv[7] : ""));
    FIX::SessionSettings settings(text);
    FIX::FileStoreFactory store(settings);
    if (isClient) {
      Client client(log, argv[2]);
      FIX::SocketInitiator initiator(client, store, settings);
      initiator.start();
      std::cout << "ready" << std::endl;
      trade(client, argv[6]);
      // Stays until it is killed, for the answers.
      for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    Venue venue(log, argv[2], argv[5]);
    FIX::SocketAcceptor acceptor(venue, store, settings);
    acceptor.start();
    std::cout << "ready" << std::endl;
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
  } catch (const std::exception& error) {
    log.line('E', error.what());
    std::cerr << error.what() << "\n";
    return 1;
  }
}
