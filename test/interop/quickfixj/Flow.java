// Both ends of an order flow on QuickFIX/J, as quickfix/flow.cpp says: the same arguments, log, orders and answers; FIX.4.4 only,
// by QuickFIX/J's own dictionary.
// Settings of certificates in the environment's QUICKFIX_TLS make the session one over TLS.
import java.io.ByteArrayInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Set;
import quickfix.*;

public final class Flow implements Application {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HH:mm:ss.SSS");
  private static final String PRICE = "149.5";

  private final boolean isClient;
  private final PrintStream log;
  private final Set<String> done = new HashSet<>();
  private volatile SessionID id;
  private volatile boolean up;

  Flow(boolean isClient, Path logPath) throws IOException {
    this.isClient = isClient;
    if (!isClient && Files.exists(logPath))
      for (String line : Files.readAllLines(logPath, StandardCharsets.ISO_8859_1)) {
        int at = line.indexOf("|17=");
        if (line.startsWith("S") && at >= 0) done.add(line.substring(at + 4, line.indexOf('|', at + 4)));
      }
    log = new PrintStream(new FileOutputStream(logPath.toFile(), true), true, StandardCharsets.ISO_8859_1);
  }

  void line(char kind, String text) {
    // One write for a line: a kill may come at any time.
    byte[] bytes = (kind + " " + text.replace('\u0001', '|') + "\n").getBytes(StandardCharsets.ISO_8859_1);
    synchronized (log) {
      log.write(bytes, 0, bytes.length);
      log.flush();
    }
  }

  static String field(FieldMap message, int tag) {
    try {
      return message.isSetField(tag) ? message.getString(tag) : "";
    } catch (FieldNotFound missing) {
      return "";
    }
  }

  static boolean isDup(Message message) {
    return field(message.getHeader(), 43).equals("Y");
  }

  @Override public void onCreate(SessionID session) { id = session; }
  @Override public void onLogon(SessionID session) { up = true; }
  @Override public void onLogout(SessionID session) { up = false; }

  @Override public void toAdmin(Message message, SessionID session) {
    if (field(message.getHeader(), 35).equals("3")) line('E', "QuickFIX/J rejects " + message);
  }

  @Override public void toApp(Message message, SessionID session) {
    if (field(message.getHeader(), 35).equals("j")) line('E', "QuickFIX/J rejects " + message);
  }

  @Override public void fromAdmin(Message message, SessionID session) {
    if (field(message.getHeader(), 35).equals("3")) line('E', "the gateway rejects " + message);
  }

  @Override public void fromApp(Message message, SessionID session) {
    line(isDup(message) ? 'D' : 'R', message.toString());
    if (isClient) cancel(message);
    else answer(message);
  }

  private void send(Message message) {
    try {
      Session.sendToTarget(message, id);
      // After it is in the store: what a kill leaves out here is asked for again, and sent again with the same ExecID.
      line('S', message.toString());
    } catch (SessionNotFound missing) {
      line('E', missing.toString());
    }
  }

  private static Message start(String type) {
    Message message = new Message();
    message.getHeader().setString(8, "FIX.4.4");
    message.getHeader().setString(35, type);
    return message;
  }

  private static void terms(Message message, String quantity) {
    message.setString(38, quantity);
    message.setString(54, "1");
    message.setString(55, "AAPL");
    message.setString(60, LocalDateTime.now(ZoneOffset.UTC).format(TIME));
  }

  void order(String clOrdId, int quantity) {
    Message message = start("D");
    message.setString(1, "ACC1");
    message.setString(11, clOrdId);
    message.setString(40, "2");
    message.setString(44, PRICE);
    message.setString(59, "0");
    terms(message, String.valueOf(quantity));
    send(message);
  }

  private void cancel(Message report) {
    String clOrdId = field(report, 11);
    if (!field(report, 150).equals("0") || Integer.parseInt(field(report, 38)) % 3 != 0 || !done.add(clOrdId)) return;
    Message message = start("F");
    message.setString(1, "ACC1");
    message.setString(11, clOrdId + "-x");
    message.setString(41, clOrdId);
    terms(message, field(report, 38));
    send(message);
  }

  private void answer(Message request) {
    int quantity = Integer.parseInt(field(request, 38));
    if (field(request.getHeader(), 35).equals("F")) {
      report(request, "4", "4", 0, 0);
      return;
    }
    report(request, "0", "0", 0, 0);
    if (quantity % 3 == 0) return;
    report(request, "F", "1", quantity / 2, quantity / 2);
    report(request, "F", "2", quantity - quantity / 2, quantity);
  }

  private void report(Message request, String execType, String status, int last, int filled) {
    String clOrdId = field(request, 11);
    String execId = clOrdId + ":" + status;
    if (done.contains(execId)) return;
    int quantity = Integer.parseInt(field(request, 38));
    Message message = start("8");
    message.setString(6, filled > 0 ? PRICE : "0");
    message.setString(11, clOrdId);
    message.setString(14, String.valueOf(filled));
    message.setString(17, execId);
    if (last > 0) {
      message.setString(31, PRICE);
      message.setString(32, String.valueOf(last));
    }
    message.setString(37, "V" + (request.isSetField(41) ? field(request, 41) : clOrdId));
    message.setString(39, status);
    if (request.isSetField(41)) message.setString(41, field(request, 41));
    message.setString(58, execId);
    message.setString(150, execType);
    message.setString(151, status.equals("4") ? "0" : String.valueOf(quantity - filled));
    terms(message, String.valueOf(quantity));
    send(message);
    done.add(execId);
  }

  /** Orders at a few a turn, while the gateway is there and, a few, while it is not; until a line comes. */
  private void trade(String run) throws IOException, InterruptedException {
    int queued = 0;
    for (int count = 0; System.in.available() == 0; ) {
      if (up) queued = 0;
      if (up || queued++ < 10) {
        count++;
        order(run + "-" + count, 100 + count);
      }
      Thread.sleep(4);
    }
  }

  private static String settings(boolean isClient, String[] arguments) {
    String tls = System.getenv("QUICKFIX_TLS");
    return "[DEFAULT]\nConnectionType=" + (isClient ? "initiator" : "acceptor")
        + "\nReconnectInterval=1\nFileStorePath=" + arguments[3]
        + "\nStartTime=00:00:00\nEndTime=00:00:00\nHeartBtInt=5\nSocketReuseAddress=Y\nSocketTcpNoDelay=Y\nUseDataDictionary=Y"
        + (tls == null ? "" : "\n" + tls)
        + "\n[SESSION]\nBeginString=FIX.4.4\nTargetCompID=GATEWAY\nSenderCompID=" + (isClient ? "ALICE" : "VENUE")
        + (isClient ? "\nSocketConnectHost=localhost\nSocketConnectPort=" : "\nSocketAcceptPort=") + arguments[2] + "\n";
  }

  public static void main(String[] arguments) throws Exception {
    boolean isClient = arguments[0].equals("client");
    Flow flow = new Flow(isClient, Path.of(arguments[4]));
    String text = settings(isClient, arguments);
    SessionSettings settings = new SessionSettings(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    MessageStoreFactory store = new FileStoreFactory(settings);
    LogFactory none = session -> new Quiet();
    MessageFactory messages = new DefaultMessageFactory();
    Connector connector = isClient
        ? new SocketInitiator(flow, store, settings, none, messages)
        : new SocketAcceptor(flow, store, settings, none, messages);
    connector.start();
    System.out.println("ready");
    if (isClient) flow.trade(arguments[5]);
    Thread.sleep(Long.MAX_VALUE);
  }

  /** QuickFIX/J's own words: shown where SALLYPORT_SHOW is set. */
  private static final class Quiet implements Log {
    private static final boolean SHOWS = System.getenv("SALLYPORT_SHOW") != null;
    @Override public void clear() {}
    @Override public void onIncoming(String message) {}
    @Override public void onOutgoing(String message) {}
    @Override public void onEvent(String text) { if (SHOWS) System.err.println(text); }
    @Override public void onErrorEvent(String text) { if (SHOWS) System.err.println(text); }
  }
}
