// Both ends of an order flow, to be killed and started again at any moment (the log: party.h):
//
//     flow client VERSION PORT STORE LOG RUN [DICTIONARY]     sends orders numbered <RUN>-<n> until a line comes on stdin
//     flow venue  VERSION PORT STORE LOG RUN [DICTIONARY]     answers by the order's quantity, also again after a kill
//
// With settings of certificates in the environment's QUICKFIX_TLS the session is over TLS
// (needs OpenSSL's headers). VERSION is FIX.4.2, FIX.4.4 or FIX.5.0SP2 (then over FIXT.1.1). An order whose quantity is a multiple of three stays
// open and is canceled; others are filled in two parts. Every execution has one ExecID for ever and carries it as Text.
#if __has_include(<openssl/ssl.h>)
#define HAVE_SSL 1  // as Debian's library was built
#include <quickfix/SSLSocketAcceptor.h>
#include <quickfix/SSLSocketInitiator.h>
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>
using TlsAcceptor = FIX::SSLSocketAcceptor;
using TlsInitiator = FIX::SSLSocketInitiator;
#else
#include <quickfix/SocketAcceptor.h>
#include <quickfix/SocketInitiator.h>
using TlsAcceptor = FIX::SocketAcceptor;
using TlsInitiator = FIX::SocketInitiator;
#endif

#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "party.h"

namespace {

const char kPrice[] = "149.5";

class Client : public Party {
 public:
  using Party::Party;
  void order(const std::string& id, int quantity) {
    FIX::Message message = start("D");
    message.setField(1, "ACC1");
    message.setField(11, id);
    message.setField(40, "2");
    message.setField(44, kPrice);
    terms(message, quantity);
    message.setField(59, "0");
    {
      std::lock_guard<std::mutex> lock(mutex_);
      unanswered_.insert(id);
    }
    send(message);
  }
  // A client that reads more slowly than it sends is not flooded with answers to ever more orders.
  bool waits() {
    std::lock_guard<std::mutex> lock(mutex_);
    return unanswered_.size() >= kMostUnanswered;
  }

 protected:
  void take(const FIX::Message& report) override {
    const std::string id = field(report, 11);
    {
      std::lock_guard<std::mutex> lock(mutex_);
      unanswered_.erase(id);
    }
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
    if (isOld() && field(message.getHeader(), 35) == "D") message.setField(21, "1");
    message.setField(38, std::to_string(quantity));
    message.setField(54, "1");
    message.setField(55, "AAPL");
    message.setField(60, now());
  }
  static constexpr size_t kMostUnanswered = 100;
  std::mutex mutex_;
  std::set<std::string> unanswered_;
  std::set<std::string> canceled_;
};

// Answers the same request in the same way each time; what of the answer was sent before a kill is in the log.
class Venue : public Party {
 public:
  Venue(Log& log, const std::string& version, const std::string& logPath) : Party(log, version) {
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
    report(request, isOld() ? "1" : "F", "1", quantity / 2, quantity / 2);
    report(request, isOld() ? "2" : "F", "2", quantity - quantity / 2, quantity);
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
    if (isOld()) message.setField(20, "0");
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
    if (client.up() ? !client.waits() : queued++ < 10) {
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
  const bool isClient = std::string(argv[1]) == "client", overTls = std::getenv("QUICKFIX_TLS") != nullptr;
  Log log(argv[5]);
  try {
    std::istringstream text(settingsOf(isClient, argv[2], argv[3], argv[4], argc > 7 ? argv[7] : ""));
    FIX::SessionSettings settings(text);
    FIX::FileStoreFactory store(settings);
    if (isClient) {
      Client client(log, argv[2]);
      std::unique_ptr<FIX::Initiator> initiator;
      if (overTls) initiator.reset(new TlsInitiator(client, store, settings));
      else initiator.reset(new FIX::SocketInitiator(client, store, settings));
      initiator->start();
      std::cout << "ready" << std::endl;
      trade(client, argv[6]);
      // Stays until it is killed, for the answers.
      for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    Venue venue(log, argv[2], argv[5]);
    std::unique_ptr<FIX::Acceptor> acceptor;
    if (overTls) acceptor.reset(new TlsAcceptor(venue, store, settings));
    else acceptor.reset(new FIX::SocketAcceptor(venue, store, settings));
    acceptor->start();
    std::cout << "ready" << std::endl;
    for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
  } catch (const std::exception& error) {
    log.line('E', error.what());
    std::cerr << error.what() << "\n";
    return 1;
  }
}
