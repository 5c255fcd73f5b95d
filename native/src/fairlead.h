/* What one JNA call for each datagram makes slow: whole exchanges in one crossing.
 *
 * Both functions write datagrams end to end into `buffer`, each from a multiple of four on, so that
 * they read as one run of netlink messages. They block for the first datagram (as long as the
 * socket's SO_RCVTIMEO allows), take more only while it is there already, and stop
 *   - after the datagram that ends the answer to `sequence` (NLMSG_DONE or NLMSG_ERROR),
 *   - before a datagram that might not fit,
 *   - after a datagram that is not made of netlink messages: the caller sees what is wrong with it.
 *
 * They return the bytes written; or more than `capacity` if the first datagram was longer than the
 * buffer, which is the length that it had; or a negative errno if there is no datagram to return.
 * An error that comes after the first datagram is stored in `*pending` (positive), which is 0
 * otherwise: the bytes are good, and the error is what a further call would have met.
 * EINTR is never returned. Nothing is allocated, and no state is kept: thread-safe for different
 * sockets and buffers.
 */
#ifndef FAIRLEAD_H
#define FAIRLEAD_H

#include <stddef.h>
#include <stdint.h>

/* Room that must be left for another datagram to be fetched: the kernel fills at most 32 KiB of a
 * dump datagram, however long the buffer is (netlink_recvmsg() in net/netlink/af_netlink.c). */
#define FAIRLEAD_DATAGRAM_ROOM 32768

/* Fetches the answer, or the next part of it. */
long fairlead_receive(int fd, char *buffer, size_t capacity, uint32_t sequence, int32_t *pending);

/* Sends `request` as one datagram, then does as fairlead_receive. If sending fails, nothing is
 * received, and the negative errno is returned. */
long fairlead_exchange(int fd, const char *request, size_t length, char *buffer, size_t capacity,
                       uint32_t sequence, int32_t *pending);

#endif
