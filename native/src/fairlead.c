#define _GNU_SOURCE
#include "fairlead.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#define EXPORT __attribute__((visibility("default")))

static ssize_t receive_datagram(int fd, char *buffer, size_t room, int flags) {
  ssize_t n;
  do {
    n = recv(fd, buffer, room, MSG_TRUNC | flags); /* MSG_TRUNC: returns the true length */
  } while (n < 0 && errno == EINTR);
  return n;
}

/* Whether more datagrams may follow: not after the end of the answer, nor after nonsense. */
static bool more_may_follow(const char *at, size_t left, uint32_t sequence) {
  while (left > 0) {
    struct nlmsghdr header;
    if (left < sizeof header) return false;
    memcpy(&header, at, sizeof header);
    if (header.nlmsg_len < sizeof header || header.nlmsg_len > left) return false;
    if (header.nlmsg_seq == sequence &&
        (header.nlmsg_type == NLMSG_DONE || header.nlmsg_type == NLMSG_ERROR))
      return false;
    size_t whole = NLMSG_ALIGN((size_t)header.nlmsg_len);
    if (whole >= left) break; /* the last message need not be padded */
    at += whole;
    left -= whole;
  }
  return true;
}

/* Bytes to the next multiple of four, zeroed; the caller has checked that there is room. */
static size_t pad(char *buffer, size_t used) {
  while (used % NLMSG_ALIGNTO != 0) buffer[used++] = 0;
  return used;
}

EXPORT long fairlead_receive(int fd, char *buffer, size_t capacity, uint32_t sequence,
                             int32_t *pending) {
  *pending = 0;
  ssize_t n = receive_datagram(fd, buffer, capacity, 0);
  if (n < 0) return -errno;
  size_t used = (size_t)n;
  if (used > capacity) return n;
  const char *datagram = buffer;
  while (n > 0 && more_may_follow(datagram, (size_t)n, sequence)) {
    if (used + FAIRLEAD_DATAGRAM_ROOM + NLMSG_ALIGNTO > capacity) break;
    used = pad(buffer, used);
    datagram = buffer + used;
    n = receive_datagram(fd, buffer + used, capacity - used, MSG_DONTWAIT);
    if (n < 0) {
      if (errno != EAGAIN) *pending = errno;
      break;
    }
    if ((size_t)n > capacity - used) {
      *pending = EMSGSIZE; /* lost, like every datagram that is too long */
      break;
    }
    used += (size_t)n;
  }
  return (long)used;
}

EXPORT long fairlead_exchange(int fd, const char *request, size_t length, char *buffer,
                              size_t capacity, uint32_t sequence, int32_t *pending) {
  ssize_t n;
  *pending = 0;
  do {
    n = send(fd, request, length, 0);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return -errno;
  return fairlead_receive(fd, buffer, capacity, sequence, pending);
}
