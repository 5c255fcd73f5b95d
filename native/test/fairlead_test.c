/* A datagram socket pair plays the kernel, so that answers can be as hostile as one likes; a last
 * test asks the real one. Built with the address and undefined behaviour sanitizers: an overrun of
 * the buffers, which are allocated to their exact size, ends the program. */
#define _GNU_SOURCE
#include "fairlead.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { SEQUENCE = 7, CAPACITY = 128 * 1024 };

static int ends[2]; /* ends[0] is ours, ends[1] the kernel's */
static char *buffer;
static int32_t pending;
static unsigned checks;

#define EXPECT(what, is, want)                                                           \
  do {                                                                                   \
    long is_ = (long)(is), want_ = (long)(want);                                         \
    checks++;                                                                            \
    if (is_ != want_) {                                                                  \
      fprintf(stderr, "%s:%d: %s: %ld, want %ld\n", __FILE__, __LINE__, what, is_, want_); \
      exit(1);                                                                           \
    }                                                                                    \
  } while (0)

static void start(void) {
  struct timeval patience = {.tv_usec = 20000};
  if (socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0) abort();
  if (setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) abort();
  buffer = malloc(CAPACITY);
  pending = -1;
}

static void stop(void) {
  free(buffer);
  close(ends[0]);
  close(ends[1]);
}

static void answer_bytes(const void *bytes, size_t length) {
  if (send(ends[1], bytes, length, MSG_DONTWAIT) < 0) {
    perror("send");
    exit(1);
  }
}

static void answer(uint16_t type, uint32_t sequence, uint32_t length) {
  char *message = calloc(1, length);
  struct nlmsghdr header = {.nlmsg_len = length, .nlmsg_type = type, .nlmsg_seq = sequence};
  memcpy(message, &header, sizeof header);
  answer_bytes(message, length);
  free(message);
}

static long receive(size_t capacity) {
  return fairlead_receive(ends[0], buffer, capacity, SEQUENCE, &pending);
}

static void a_whole_dump_comes_in_one_call(void) {
  start();
  for (int i = 0; i < 3; i++) answer(0x10, SEQUENCE, 32);
  answer(NLMSG_DONE, SEQUENCE, 20);
  answer(0x10, SEQUENCE + 1, 32);
  EXPECT("bytes", receive(CAPACITY), 3 * 32 + 20);
  EXPECT("pending", pending, 0);
  EXPECT("what follows the end stays", receive(CAPACITY), 32);
  stop();
}

static void an_error_ends_the_answer_but_another_request_s_does_not(void) {
  start();
  answer(NLMSG_ERROR, SEQUENCE - 1, 36);
  answer(NLMSG_ERROR, SEQUENCE, 36);
  answer(NLMSG_ERROR, SEQUENCE, 36);
  EXPECT("bytes", receive(CAPACITY), 72);
  stop();
}

static void datagrams_start_at_multiples_of_four(void) {
  start();
  answer(0x10, SEQUENCE, 17);
  answer(NLMSG_DONE, SEQUENCE, 16);
  EXPECT("bytes", receive(CAPACITY), 20 + 16);
  uint16_t type;
  memcpy(&type, buffer + 24, sizeof type);
  EXPECT("type of the second", type, NLMSG_DONE);
  stop();
}

static void half_an_answer_is_returned_without_waiting_for_the_rest(void) {
  start();
  answer(0x10, SEQUENCE, 64);
  EXPECT("bytes", receive(CAPACITY), 64);
  EXPECT("pending", pending, 0);
  stop();
}

static void silence_is_eagain(void) {
  start();
  EXPECT("errno", receive(CAPACITY), -EAGAIN);
  stop();
}

static void a_first_datagram_that_is_too_long_tells_its_length(void) {
  start();
  answer(0x10, SEQUENCE, 4096);
  EXPECT("length", receive(1024), 4096);
  stop();
}

static void a_later_datagram_that_is_too_long_is_pending(void) {
  start();
  answer(0x10, SEQUENCE, 64);
  answer(0x10, SEQUENCE, 60000);
  EXPECT("bytes", receive(40000), 64);
  EXPECT("pending", pending, EMSGSIZE);
  stop();
}

static void no_datagram_is_fetched_that_might_not_fit(void) {
  start();
  answer(0x10, SEQUENCE, 64);
  answer(NLMSG_DONE, SEQUENCE, 20);
  EXPECT("bytes", receive(FAIRLEAD_DATAGRAM_ROOM), 64);
  EXPECT("the rest", receive(FAIRLEAD_DATAGRAM_ROOM), 20);
  stop();
}

static void nonsense_is_handed_out_and_ends_the_call(void) {
  const struct nlmsghdr nonsense[] = {
      {.nlmsg_len = 0}, {.nlmsg_len = 15}, {.nlmsg_len = 17}, {.nlmsg_len = UINT32_MAX}};
  for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
    start();
    answer_bytes(&nonsense[i], sizeof nonsense[i]);
    answer(NLMSG_DONE, SEQUENCE, 20);
    EXPECT("bytes", receive(CAPACITY), sizeof nonsense[i]);
    stop();
  }
  start();
  answer_bytes("abc", 3);
  EXPECT("a stump", receive(CAPACITY), 3);
  stop();
}

/* Any bytes at all: the sanitizers watch, and never more is returned than fits. */
static void random_answers_do_no_harm(void) {
  srand(20261121);
  for (int round = 0; round < 2000; round++) {
    start();
    for (int i = 0; i < 4; i++) {
      unsigned char bytes[512];
      for (size_t b = 0; b < sizeof bytes; b++)
        bytes[b] = (unsigned char)(rand() % 3 ? rand() % 40 : rand());
      if (rand() % 2) memset(bytes + 1, 0, 3); /* a length that might even be true */
      answer_bytes(bytes, 1 + (size_t)rand() % (sizeof bytes - 1));
    }
    long n = receive(FAIRLEAD_DATAGRAM_ROOM + 600);
    EXPECT("within the buffer", n > 0 && n <= FAIRLEAD_DATAGRAM_ROOM + 600, true);
    stop();
  }
}

static void a_failed_send_is_reported(void) {
  start();
  EXPECT("errno", fairlead_exchange(-1, buffer, 16, buffer, CAPACITY, SEQUENCE, &pending), -EBADF);
  stop();
}

static void the_kernel_lists_its_links(void) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } request = {.header = {.nlmsg_len = sizeof request,
                          .nlmsg_type = RTM_GETLINK,
                          .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
                          .nlmsg_seq = SEQUENCE}};
  start();
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  long n = fairlead_exchange(fd, (const char *)&request, sizeof request, buffer, CAPACITY, SEQUENCE,
                             &pending);
  EXPECT("some bytes", n > (long)sizeof(struct nlmsghdr), true);
  struct nlmsghdr first;
  memcpy(&first, buffer, sizeof first);
  EXPECT("type of the first", first.nlmsg_type, RTM_NEWLINK);
  close(fd);
  stop();
}

int main(void) {
  a_whole_dump_comes_in_one_call();
  an_error_ends_the_answer_but_another_request_s_does_not();
  datagrams_start_at_multiples_of_four();
  half_an_answer_is_returned_without_waiting_for_the_rest();
  silence_is_eagain();
  a_first_datagram_that_is_too_long_tells_its_length();
  a_later_datagram_that_is_too_long_is_pending();
  no_datagram_is_fetched_that_might_not_fit();
  nonsense_is_handed_out_and_ends_the_call();
  random_answers_do_no_harm();
  a_failed_send_is_reported();
  the_kernel_lists_its_links();
  printf("fairlead_test: %u checks passed\n", checks);
  return 0;
}
