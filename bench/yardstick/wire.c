/* One spinning thread that plays the client and the venue of an order gateway, and times what lies between.
 *
 *   client end ──▶ gateway under test ──▶ venue end ──▶ gateway under test ──▶ client end
 *
 * It listens as the venue, connects as the client, logs on at both ends and sends new orders. The venue end answers each
 * with one full fill, or with New. Orders are timed from their scheduled send, so a stall delays all that are due in it.
 *
 *   wire --client PORT --venue PORT (--rate PER_S | --window W | --burst B [--pause-us P]) [--orders N] [--warmup N]
 *        [--cpu C] [--pid PID] [--first N] [--begin FIX.4.4] [--sender S] [--target T] [--symbol S] [--account A] [--price P]
 *        [--connect-first client|venue] [--answer fill|new] [--order-fields F] [--report-fields F]
 *
 *   fields  what orders and reports have besides, such as 15=USD|18=1|
 *   rate    orders are due at fixed times        window  W orders are always on their way
 *   burst   B orders at once, again P µs after the last report of the burst before
 *   cpu     -1: not pinned, and it yields the CPU in every turn
 *   pid     process whose CPU time is measured
 *   first   also prints the orders a second of the first N orders, warm-up included
 *
 * Prints one line of JSON. Exit code 0: every order came back, and nothing was rejected.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SOH "\001"
#define BUFFER (1 << 20)
/* Most bytes that wait to be sent before the next order is made. */
#define BACKLOG (1 << 19)
#define LOGON_NS 30000000000LL
#define SHOWN_REJECTS 4

typedef struct {
  int fd;
  const char *begin, *sender, *target, *name;
  long out_seq, rejects;
  int in_bytes, out_bytes, logged_on;
  char in[BUFFER], out[4 * BUFFER];
} End;

static End client = {.fd = -1, .name = "client", .sender = "CLIENT", .target = "GATEWAY", .out_seq = 1};
static End venue = {.fd = -1, .name = "venue", .out_seq = 1};

static const char *symbol = "AAPL", *account = "ACC1", *price = "150.25";
static const char *order_fields = "", *report_fields = "";
static int fill = 1;
static int client_port, venue_port, cpu = -1, client_first, pid;
static double rate;
static long window, burst, pause_us = 5000, orders = 100000, warm_up = 20000, first_orders;
static long total, at_venue, returned, base;
static int64_t *scheduled, *to_venue, *round_trip;

static int64_t nanoseconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t now(void) { return nanoseconds(CLOCK_MONOTONIC); }

static void die(const char *what) {
  fprintf(stderr, "wire: %s (%s)\n", what, strerror(errno));
  exit(2);
}

static const char *utc(void) {
  static char stamp[32];
  static int64_t stamp_ms = -1;
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  int64_t ms = t.tv_sec * 1000LL + t.tv_nsec / 1000000;
  if (ms == stamp_ms) return stamp;
  struct tm parts;
  gmtime_r(&t.tv_sec, &parts);
  size_t length = strftime(stamp, sizeof stamp, "%Y%m%d-%H:%M:%S", &parts);
  sprintf(stamp + length, ".%03ld", t.tv_nsec / 1000000);
  stamp_ms = ms;
  return stamp;
}

static char *put(char *to, const char *text) {
  while (*text) *to++ = *text++;
  return to;
}

static char *put_bytes(char *to, const char *from, int length) {
  memcpy(to, from, length);
  return to + length;
}

static char *put_number(char *to, long value) {
  char reversed[24];
  int length = 0;
  do {
    reversed[length++] = '0' + value % 10;
    value /= 10;
  } while (value);
  while (length) *to++ = reversed[--length];
  return to;
}

/* Appends a message to the end's output. */
static void emit(End *end, const char *type, const char *body, int body_bytes) {
  char text[2048], *p = text;
  p = put(put(p, "35="), type);
  p = put(put(p, SOH "49="), end->sender);
  p = put(put(p, SOH "56="), end->target);
  p = put_number(put(p, SOH "34="), end->out_seq++);
  p = put(put(p, SOH "52="), utc());
  p = put_bytes(put(p, SOH), body, body_bytes);
  char *start = end->out + end->out_bytes;
  char *q = put(put(put(start, "8="), end->begin), SOH "9=");
  q = put(put_number(q, p - text), SOH);
  q = put_bytes(q, text, p - text);
  unsigned sum = 0;
  for (char *c = start; c < q; c++) sum += (unsigned char)*c;
  sum &= 255;
  q = put(q, "10=");
  *q++ = '0' + sum / 100;
  *q++ = '0' + sum / 10 % 10;
  *q++ = '0' + sum % 10;
  *q++ = 1;
  end->out_bytes += q - start;
}

static void flush(End *end) {
  if (!end->out_bytes) return;
  ssize_t sent = send(end->fd, end->out, end->out_bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return;
  if (sent < 0) die("send");
  memmove(end->out, end->out + sent, end->out_bytes - sent);
  end->out_bytes -= sent;
}

/* Value of the field that starts with `tag` ("11="), or null. */
static const char *field(const char *message, const char *end, const char *tag, int *length) {
  int tag_bytes = strlen(tag);
  for (const char *p = message; p + tag_bytes < end;) {
    const char *stop = memchr(p, 1, end - p);
    if (!stop) return 0;
    if (!memcmp(p, tag, tag_bytes)) {
      *length = stop - p - tag_bytes;
      return p + tag_bytes;
    }
    p = stop + 1;
  }
  return 0;
}

static void send_order(long i) {
  char body[1536], *p = body;
  p = put_number(put(p, "11=W"), base + i);
  p = put(put(p, SOH "1="), account);
  p = put(put(p, SOH "21=1" SOH "55="), symbol);
  p = put(p, SOH "54=");
  *p++ = '1' + (i & 1);
  p = put(put(p, SOH "38=100" SOH "40=2" SOH "44="), price);
  p = put(put(p, SOH "59=0" SOH "60="), utc());
  *p++ = 1;
  p = put(p, order_fields);
  emit(&client, "D", body, p - body);
}

static char *copy_field(char *to, const char *tag, const char *message, const char *end) {
  int length = 0;
  const char *value = field(message, end, tag, &length);
  return put(put_bytes(put(to, tag), value, length), SOH);
}

/* The venue end's answer to order i. */
static void send_report(const char *message, const char *end, long i) {
  char body[1536], *p = body;
  p = put_number(put(p, "37=V"), base + i);
  p = put_number(put(p, SOH "17=E"), base + i);
  const char *filled = strcmp(venue.begin, "FIX.4.2") ? SOH "150=F" SOH "39=2" SOH : SOH "150=2" SOH "39=2" SOH;
  p = put(p, fill ? filled : SOH "150=0" SOH "39=0" SOH);
  p = copy_field(p, "11=", message, end);
  p = copy_field(p, "55=", message, end);
  p = copy_field(p, "54=", message, end);
  p = put(put(p, "38=100" SOH "40=2" SOH "44="), price);
  if (fill) {
    p = put(put(p, SOH "32=100" SOH "31="), price);
    p = put(put(p, SOH "151=0" SOH "14=100" SOH "6="), price);
  } else {
    p = put(p, SOH "151=100" SOH "14=0" SOH "6=0");
  }
  p = put(put(put(p, SOH "60="), utc()), SOH);
  if (!strcmp(venue.begin, "FIX.4.2")) p = put(p, "20=0" SOH);
  p = put(p, report_fields);
  emit(&venue, "8", body, p - body);
}

static void show_reject(End *end, const char *message, const char *stop) {
  if (++end->rejects > SHOWN_REJECTS) return;
  fprintf(stderr, "wire: %s got ", end->name);
  for (const char *p = message; p < stop; p++) fputc(*p == 1 ? '|' : *p, stderr);
  fputc('\n', stderr);
}

/* The venue end answers a logon with the CompIDs of its peer, swapped. */
static void logon(End *end, const char *message, const char *stop) {
  static char target[64], sender[64];
  int length;
  end->logged_on = 1;
  if (end != &venue) return;
  const char *value = field(message, stop, "49=", &length);
  memcpy(target, value, length);
  value = field(message, stop, "56=", &length);
  memcpy(sender, value, length);
  end->sender = sender;
  end->target = target;
  const char *body = "98=0" SOH "108=30" SOH "141=Y" SOH;
  emit(end, "A", body, strlen(body));
}

static void session_message(End *end, const char *message, const char *stop, char type) {
  int length;
  if (type == 'A') logon(end, message, stop);
  if (type == '1') {
    char body[64];
    const char *value = field(message, stop, "112=", &length);
    emit(end, "0", body, snprintf(body, sizeof body, "112=%.*s" SOH, length, value));
  }
  if (type == '3' || type == 'j' || type == '5' || type == '9') show_reject(end, message, stop);
}

/* Number of the order in a report's ClOrdID, or -1. */
static long order_number(const char *message, const char *stop) {
  int length;
  const char *id = field(message, stop, "11=", &length);
  return !id || length != 11 || id[0] != 'W' ? -1 : atol(id + 1) - base;
}

static void take_report(const char *message, const char *stop, int64_t at) {
  int length;
  const char *status = field(message, stop, "39=", &length);
  long i = order_number(message, stop);
  if (status && *status == '8') {
    show_reject(&client, message, stop);
    returned++;
  } else if (status && (*status == '0' || *status == '2') && i >= 0 && i < total && !round_trip[i]) {
    round_trip[i] = at - scheduled[i];
    returned++;
  }
}

/* A gateway may rewrite the ClOrdID towards the venue, so the venue end counts arrivals. */
static void take_order(const char *message, const char *stop, int64_t at) {
  long i = at_venue++;
  if (i < total) to_venue[i] = at - scheduled[i];
  send_report(message, stop, i);
}

static void pump(End *end) {
  ssize_t got = recv(end->fd, end->in + end->in_bytes, BUFFER - end->in_bytes, MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) return;
  if (got < 0) die("recv");
  if (got == 0) {
    fprintf(stderr, "wire: the %s end was closed\n", end->name);
    exit(3);
  }
  end->in_bytes += got;
  char *p = end->in, *stop = end->in + end->in_bytes;
  while (stop - p > 24) {
    char *length_at = memchr(p, 1, stop - p);
    if (!length_at) break;
    if (memcmp(length_at + 1, "9=", 2)) die("framing");
    char *q = length_at + 3;
    long length = 0;
    while (q < stop && *q != 1) length = length * 10 + *q++ - '0';
    if (q + 1 + length + 7 > stop) break;
    char *message = q + 1, *trailer = message + length;
    int64_t at = now();
    if (message[3] == 'D' && end == &venue) take_order(message, trailer, at);
    else if (message[3] == '8' && end == &client) take_report(message, trailer, at);
    else session_message(end, message, trailer, message[3]);
    p = trailer + 7;
  }
  memmove(end->in, p, stop - p);
  end->in_bytes = stop - p;
}

static int prepared(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static void log_on(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, asked = 0;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons(venue_port);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4)) die("venue listen");
  fcntl(listener, F_SETFL, O_NONBLOCK);
  address.sin_port = htons(client_port);
  const char *body = "98=0" SOH "108=30" SOH "141=Y" SOH;
  int64_t give_up = now() + LOGON_NS;
  while (!client.logged_on || !venue.logged_on) {
    if (now() > give_up) {
      fprintf(stderr, "wire: no logon (client %d, venue %d)\n", client.logged_on, venue.logged_on);
      exit(3);
    }
    if (venue.fd < 0) {
      int fd = accept(listener, 0, 0);
      if (fd >= 0) venue.fd = prepared(fd);
    }
    if (client.fd < 0 && (client_first || venue.logged_on)) {
      int fd = socket(AF_INET, SOCK_STREAM, 0);
      if (connect(fd, (void *)&address, sizeof address) == 0) {
        client.fd = prepared(fd);
      } else {
        close(fd);
        usleep(20000);
      }
    }
    if (client.fd >= 0 && !asked++) emit(&client, "A", body, strlen(body));
    if (client.fd >= 0) {
      flush(&client);
      pump(&client);
    }
    if (venue.fd >= 0) {
      pump(&venue);
      flush(&venue);
    }
    sched_yield();
  }
}

static int ascending(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

/* Prints percentiles of every `step`-th value, the first of them at `step - 1`. */
static void percentiles(const char *name, const int64_t *values, long count, long step) {
  long n = count / step;
  int64_t *sorted = malloc((n + 1) * sizeof *sorted);
  for (long i = 0; i < n; i++) sorted[i] = values[(i + 1) * step - 1];
  qsort(sorted, n, sizeof *sorted, ascending);
  printf(",\"%s\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p99_9\":%.1f,\"max\":%.1f}", name, sorted[n / 2] / 1e3,
         sorted[(long)(n * .9)] / 1e3, sorted[(long)(n * .99)] / 1e3, sorted[(long)(n * .999)] / 1e3, sorted[n - 1] / 1e3);
  free(sorted);
}

static void pin(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  if (sched_setaffinity(0, sizeof set, &set)) die("cpu");
}

/* The same text with SOH for |. */
static const char *fields_of(const char *text) {
  char *fields = strdup(text);
  for (char *p = fields; *p; p++)
    if (*p == '|') *p = 1;
  return fields;
}

static int set_option(const char *key, const char *value) {
  if (!strcmp(key, "--client")) client_port = atoi(value);
  else if (!strcmp(key, "--venue")) venue_port = atoi(value);
  else if (!strcmp(key, "--orders")) orders = atol(value);
  else if (!strcmp(key, "--warmup")) warm_up = atol(value);
  else if (!strcmp(key, "--rate")) rate = atof(value);
  else if (!strcmp(key, "--window")) window = atol(value);
  else if (!strcmp(key, "--burst")) burst = atol(value);
  else if (!strcmp(key, "--pause-us")) pause_us = atol(value);
  else if (!strcmp(key, "--cpu")) cpu = atoi(value);
  else if (!strcmp(key, "--pid")) pid = atoi(value);
  else if (!strcmp(key, "--first")) first_orders = atol(value);
  else if (!strcmp(key, "--begin")) client.begin = venue.begin = value;
  else if (!strcmp(key, "--sender")) client.sender = value;
  else if (!strcmp(key, "--target")) client.target = value;
  else if (!strcmp(key, "--symbol")) symbol = value;
  else if (!strcmp(key, "--account")) account = value;
  else if (!strcmp(key, "--price")) price = value;
  else if (!strcmp(key, "--order-fields")) order_fields = fields_of(value);
  else if (!strcmp(key, "--report-fields")) report_fields = fields_of(value);
  else if (!strcmp(key, "--connect-first")) client_first = value[0] == 'c';
  else if (!strcmp(key, "--answer")) fill = value[0] == 'f';
  else return 0;
  return 1;
}

/* Makes the orders that are due. Returns how many are made by now. */
static long make_orders(long sent, int64_t start, int64_t t) {
  static int64_t next_burst;
  if (rate) {
    int64_t gap = 1e9 / rate;
    for (; sent < total && start + sent * gap <= t && client.out_bytes < BACKLOG; sent++) {
      scheduled[sent] = start + sent * gap;
      send_order(sent);
    }
    return sent;
  }
  if (window) {
    for (; sent < total && sent - returned < window && client.out_bytes < BACKLOG; sent++) {
      scheduled[sent] = t;
      send_order(sent);
    }
    return sent;
  }
  if (sent > returned || sent == total) return sent;
  if (!next_burst) next_burst = t + pause_us * 1000;
  if (t < next_burst) return sent;
  next_burst = 0;
  long from = sent;
  while (sent < total && sent - from < burst) send_order(sent++);
  for (t = now(); from < sent; from++) scheduled[from] = t;
  return sent;
}

int main(int count, char **args) {
  client.begin = venue.begin = "FIX.4.4";
  for (int i = 1; i + 1 < count; i += 2)
    if (!set_option(args[i], args[i + 1])) return fprintf(stderr, "wire: unknown option %s\n", args[i]), 2;
  if (!rate && !window && !burst) return fprintf(stderr, "wire: give --rate, --window or --burst\n"), 2;
  if (cpu >= 0) pin();
  clockid_t cpu_clock;
  if (pid && clock_getcpuclockid(pid, &cpu_clock)) die("pid");
  total = orders + warm_up;
  /* ClOrdIDs are those of the second, so that runs against one gateway do not repeat them. */
  base = 1000000000L + time(0) % 8000 * 1000000L;
  scheduled = calloc(total, sizeof *scheduled);
  to_venue = calloc(total, sizeof *to_venue);
  round_trip = calloc(total, sizeof *round_trip);
  log_on();
  usleep(200000);

  int64_t start = now() + 1000000, first = 0, cpu_first = 0, first_took = 0;
  int64_t stop_at = start + 1000000000LL * (rate ? (long)(total / rate) + 20 : 300);
  long sent = 0;
  while (returned < total) {
    int64_t t = now();
    if (t > stop_at) break;
    sent = make_orders(sent, start, t);
    if (!first && returned >= warm_up) {
      first = now();
      if (pid) cpu_first = nanoseconds(cpu_clock);
    }
    if (!first_took && first_orders && returned >= first_orders) first_took = now() - start;
    flush(&client);
    /* What one read brings has at most three times its size in reports. */
    if (venue.out_bytes < BACKLOG) pump(&venue);
    flush(&venue);
    pump(&client);
    if (cpu < 0) sched_yield();
  }
  int64_t took = now() - first, cpu_took = pid ? nanoseconds(cpu_clock) - cpu_first : 0;
  long lost = total - returned, rejects = client.rejects + venue.rejects, step = burst ? burst : 1;
  printf("{\"orders\":%ld,\"lost\":%ld,\"rejects\":%ld,\"orders_per_s\":%.0f,\"cpu_us_per_order\":%.2f", orders, lost,
         rejects, (returned - warm_up) / (took / 1e9), cpu_took / 1e3 / orders);
  if (first_took) printf(",\"first_orders_per_s\":%.0f", first_orders / (first_took / 1e9));
  percentiles("to_venue_us", to_venue + warm_up, orders, step);
  percentiles("round_trip_us", round_trip + warm_up, orders, step);
  printf("}\n");
  return lost || rejects;
}
