/* The floor: what the kernel itself takes for netlink messages that are there already.
 *
 * usage: replay FILE   (root, in a fresh network namespace)
 *
 * FILE holds what one run of Fairlead wrote to the kernel, in parts (bench's Recording writes it, in the machine's own
 * byte order):
 *   uint32 protocol   NETLINK_ROUTE, NETLINK_NETFILTER, NETLINK_GENERIC; 0xffffffff: a part ends here
 *   uint32 sequence   of the message whose ACK says that all before it is done
 *   uint32 length     of the datagram that follows
 * Prints a line for each part: seconds, datagrams, messages.
 *
 * The kernel does what it is sent before send() returns, so nothing but ACKs is waited for. A message that the kernel
 * refuses ends the run: a floor that did less would be none. */
#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <time.h>

enum { PROTOCOLS = 32, BUFFER = 32 << 20 };
static const uint32_t END_OF_PART = 0xffffffff;

struct record {
  uint32_t protocol, sequence, length;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static int open_socket(int protocol) {
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  int size = BUFFER, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
  if (fd < 0) fail("socket");
  if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size) < 0) fail("SO_SNDBUFFORCE");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) fail("SO_RCVBUFFORCE");
  if (connect(fd, (void *)&kernel, sizeof kernel) < 0) fail("connect");
  return fd;
}

static void await(int fd, uint32_t sequence) {
  static char reply[1 << 16];
  for (;;) {
    int n = recv(fd, reply, sizeof reply, 0);
    if (n < 0) fail("recv");
    for (struct nlmsghdr *h = (void *)reply; NLMSG_OK(h, n); h = NLMSG_NEXT(h, n)) {
      if (h->nlmsg_type != NLMSG_ERROR) continue;
      int error = ((struct nlmsgerr *)NLMSG_DATA(h))->error;
      if (error) {
        fprintf(stderr, "message %u was refused: %s\n", h->nlmsg_seq, strerror(-error));
        exit(1);
      }
      if (h->nlmsg_seq == sequence) return;
    }
  }
}

static long messages_in(const char *datagram, uint32_t length) {
  long messages = 0;
  for (uint32_t at = 0; at + NLMSG_HDRLEN <= length; messages++) {
    struct nlmsghdr h;
    memcpy(&h, datagram + at, sizeof h);
    if (h.nlmsg_len < NLMSG_HDRLEN) break;
    at += NLMSG_ALIGN(h.nlmsg_len);
  }
  return messages;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: replay FILE\n");
    return 2;
  }
  int file = open(argv[1], O_RDONLY), sockets[PROTOCOLS];
  struct stat status;
  if (file < 0 || fstat(file, &status) < 0) fail(argv[1]);
  char *at = mmap(NULL, status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0), *end = at + status.st_size;
  if (at == MAP_FAILED) fail("mmap");
  memset(sockets, -1, sizeof sockets);

  long datagrams = 0, messages = 0;
  double began = now(), counting = 0;
  while (at < end) {
    struct record record;
    memcpy(&record, at, sizeof record);
    at += sizeof record;
    if (record.protocol == END_OF_PART) {
      printf("%.6f %ld %ld\n", now() - began - counting, datagrams, messages);
      datagrams = messages = 0;
      counting = 0;
      began = now();
      continue;
    }
    if (record.protocol >= PROTOCOLS || record.length > (size_t)(end - at)) {
      fprintf(stderr, "%s is damaged\n", argv[1]);
      return 1;
    }
    int *fd = &sockets[record.protocol];
    if (*fd < 0) *fd = open_socket(record.protocol);
    if (send(*fd, at, record.length, 0) < 0) fail("send");
    await(*fd, record.sequence);
    double before = now();
    datagrams++;
    messages += messages_in(at, record.length);
    counting += now() - before;
    at += record.length;
  }
}
