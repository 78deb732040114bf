// One end of a session with the gateway on the QuickFIX library. Its FileStore keeps the session over a kill, its log the
// application messages, one a line:
//
//     R <message>   received, before it was acted on       D <message>   the same with PossDupFlag
//     S <message>   about to be sent for the first time    E <text>      something was wrong
//     C <command>   done (exchange.cpp)
#pragma once

#include <quickfix/Application.h>
#include <quickfix/FileStore.h>
#include <quickfix/Session.h>
#include <quickfix/SessionSettings.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>

namespace {

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

class Party : public FIX::Application {
 public:
  Party(Log& log, const std::string& version) : log_(log), version_(version) {}
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
  // Before FIX 4.3 a trade's ExecType is the order's state, and ExecTransType tells a bust.
  bool isOld() const { return version_ < "FIX.4.3"; }
  FIX::Message start(const std::string& type) const {
    FIX::Message message;
    message.getHeader().setField(8, beginOf(version_));
    message.getHeader().setField(35, type);
    return message;
  }
  void send(FIX::Message& message) { FIX::Session::sendToTarget(message, id_); }
  const FIX::SessionID& id() const { return id_; }
  const std::string& version() const { return version_; }
  void fault(const std::string& text) { log_.line('E', text); }

 private:
  Log& log_;
  std::string version_;
  FIX::SessionID id_;
  std::atomic<bool> up_{false};
};

std::string settingsOf(bool client, const std::string& version, const std::string& port, const std::string& store,
                       const std::string& dictionary) {
  const bool isFixt = beginOf(version) != version;
  // Over FIXT the session's messages have a dictionary of their own, beside the application's.
  const std::string transport = dictionary.substr(0, dictionary.rfind('/') + 1) + "FIXT11.xml";
  std::ostringstream text;
  text << "[DEFAULT]\nConnectionType=" << (client ? "initiator" : "acceptor") << "\nReconnectInterval=1\nFileStorePath=" << store
       << "\nStartTime=00:00:00\nEndTime=00:00:00\nHeartBtInt=5\nSocketReuseAddress=Y\nSocketNodelay=Y\nUseDataDictionary=";
  if (dictionary.empty() || (isFixt && !std::ifstream(transport))) text << "N";
  else if (isFixt) text << "Y\nTransportDataDictionary=" << transport << "\nAppDataDictionary=" << dictionary;
  else text << "Y\nDataDictionary=" << dictionary;
  if (isFixt) text << "\nDefaultApplVerID=" << version;
  // Certificates: with them the session is over TLS.
  if (const char* more = std::getenv("QUICKFIX_TLS")) text << "\n" << more;
  text << "\n[SESSION]\nBeginString=" << beginOf(version) << "\nTargetCompID=GATEWAY\nSenderCompID=" << (client ? "ALICE" : "VENUE");
  if (client) text << "\nSocketConnectHost=127.0.0.1\nSocketConnectPort=" << port << "\n";
  else text << "\nSocketAcceptPort=" << port << "\n";
  return text.str();
}

}  // namespace
