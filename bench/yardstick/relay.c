/* The floor: a spinning byte relay between the client's port and the venue's, the least that any gateway must do.
 *
 *   relay CLIENT_PORT VENUE_PORT CPU          CPU -1: not pinned
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int pinned;

static void prepare(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Sends on what has arrived. Returns 0 when the peer has closed. */
static int pass(int from, int to) {
  static char bytes[1 << 16];
  ssize_t got = recv(from, bytes, sizeof bytes, 0);
  if (got == 0) return 0;
  for (ssize_t sent = 0; sent < got;) {
    ssize_t more = send(to, bytes + sent, got - sent, MSG_NOSIGNAL);
    if (more > 0) sent += more;
  }
  if (got < 0 && !pinned) sched_yield();
  return 1;
}

static int dial(struct sockaddr_in *address) {
  for (;;) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (void *)address, sizeof *address) == 0) return fd;
    close(fd);
    usleep(10000);
  }
}

int main(int count, char **args) {
  if (count != 4) return 2;
  int cpu = atoi(args[3]), one = 1;
  cpu_set_t set;
  CPU_ZERO(&set);
  pinned = cpu >= 0;
  if (pinned) {
    CPU_SET(cpu, &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  address.sin_port = htons(atoi(args[1]));
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4)) return 1;
  puts("ready");
  fflush(stdout);
  for (;;) {
    int client = accept(listener, 0, 0);
    address.sin_port = htons(atoi(args[2]));
    int venue = dial(&address);
    prepare(client);
    prepare(venue);
    while (pass(client, venue) && pass(venue, client));
    close(client);
    close(venue);
  }
}
