package io.fairlead.netlink;

import static io.fairlead.netlink.FakeKernel.ack;
import static io.fairlead.netlink.FakeKernel.bytes;
import static io.fairlead.netlink.FakeKernel.echoingError;
import static io.fairlead.netlink.FakeKernel.error;
import static io.fairlead.netlink.FakeKernel.failure;
import static io.fairlead.netlink.FakeKernel.joined;
import static io.fairlead.netlink.FakeKernel.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.netlink.FakeKernel.Reply;
import io.fairlead.netlink.FakeKernel.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One request and its answer. */
class RequestTest {
  private static final int TYPE = 0x20;

  /** What the kernel says, and what the caller is told: numbers of the answer, or the error. */
  record Case(String name, Function<Request, List<Reply>> kernel, String told) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("an ACK alone", r -> List.of(ack(r)), "[]"),
        new Case(
            "an answer and its ACK",
            r -> List.of(message(TYPE, 0, r.sequence(), 5), ack(r)),
            "[5]"),
        new Case(
            "both in one datagram",
            r -> List.of(joined(message(TYPE, 0, r.sequence(), 5), ack(r))),
            "[5]"),
        new Case(
            "what answers another request is skipped",
            r -> List.of(message(TYPE, 0, r.sequence() - 1, 4), message(TYPE, 0, 0, 3), ack(r)),
            "[]"),
        new Case(
            "another request's error is skipped",
            r -> List.of(error(stranger(r), Errno.EPERM, ""), ack(r)),
            "[]"),
        new Case(
            "NLMSG_NOOP is skipped", r -> List.of(message(1, 0, r.sequence(), 0), ack(r)), "[]"),
        new Case("a refusal", r -> List.of(error(r, Errno.EPERM, "")), "op: EPERM"),
        new Case(
            "a refusal in words",
            r -> List.of(error(r, Errno.EINVAL, "no such thing")),
            "op: EINVAL (no such thing)"),
        new Case(
            "a refusal that echoes the request",
            r -> List.of(echoingError(r, Errno.EINVAL, "no such thing", 20)),
            "op: EINVAL (no such thing, at offset 20)"),
        new Case("silence", r -> List.of(), "op: ETIMEDOUT (the kernel did not answer in time)"),
        new Case("an overflow", r -> List.of(failure(Errno.ENOBUFS)), "op: ENOBUFS"),
        new Case("an answer too long", r -> List.of(failure(Errno.EMSGSIZE)), "op: EMSGSIZE"),
        new Case(
            "half a header",
            r -> List.of(bytes(20, 0, 0)),
            "op: EBADMSG (3 bytes at offset 0 are no message header)"),
        new Case(
            "a length that lies",
            r -> List.of(message(TYPE, 0, r.sequence(), 0), bytes(new int[20])),
            "op: EBADMSG (message at offset 0 claims 0 bytes of 20)"),
        new Case(
            "an error code that is none",
            r -> List.of(message(2, 0, r.sequence(), 1)),
            "op: EBADMSG (error code 1)"),
        new Case(
            "an error without its request",
            r -> List.of(message(2, 0, r.sequence(), -1)),
            "op: EBADMSG (message of 20 bytes, want 4 at 4 of its header)"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theCallerIsTold(Case expected) {
    FakeKernel kernel = new FakeKernel(sent -> expected.kernel().apply(sent.getFirst()));
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    assertEquals(expected.told(), ask(connection));
  }

  /** Whatever went wrong, and whatever arrives late, the next request gets its own answer. */
  @ParameterizedTest
  @MethodSource("cases")
  void theConnectionIsUsableAfterwards(Case expected) {
    List<Reply> late = new ArrayList<>();
    FakeKernel kernel =
        new FakeKernel(sent -> {
          Request request = sent.getFirst();
          if (late.isEmpty()) {
            late.add(message(TYPE, 0, request.sequence(), 6));
            late.add(ack(request));
            return expected.kernel().apply(request);
          }
          late.add(message(TYPE, 0, request.sequence(), 7));
          late.add(ack(request));
          return late;
        });
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    assertEquals(expected.told(), ask(connection));
    assertEquals("[7]", ask(connection));
  }

  @Test
  void aRequestAsksForItsAckAndHasANumberOfItsOwn() throws Exception {
    FakeKernel kernel = new FakeKernel(sent -> List.of(ack(sent.getFirst())));
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    connection.request(TYPE, 0x400);
    connection.execute("op");
    connection.request(TYPE, 0);
    connection.execute("op");
    assertEquals(
        List.of("0x20 0x405 1", "0x20 0x5 2"),
        kernel.sent().stream()
            .map(List::getFirst)
            .map(r -> "0x%x 0x%x %d".formatted(r.type(), r.flags(), r.sequence()))
            .toList());
  }

  @Test
  void sendingWithoutARequestIsTheCallersMistake() {
    NetlinkConnection connection = NetlinkConnection.over(new FakeKernel(sent -> List.of()));
    assertThrows(IllegalStateException.class, () -> connection.execute("op"));
  }

  @Test
  void nonsenseThatTheCallersDecoderFindsIsEbadmsgToo() {
    FakeKernel kernel =
        new FakeKernel(
            sent -> List.of(message(TYPE, 0, sent.getFirst().sequence(), 5), ack(sent.getFirst())));
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    connection.request(TYPE, 0);
    NetlinkException e =
        assertThrows(NetlinkException.class, () -> connection.get("op", m -> m.u32(4)));
    assertEquals(Errno.EBADMSG, e.errno());
  }

  private static Request stranger(Request request) {
    return new Request(request.type(), request.flags(), 99, request.bytes());
  }

  private static String ask(NetlinkConnection connection) {
    List<Integer> numbers = new ArrayList<>();
    connection.request(TYPE, 0).put32(0);
    try {
      connection.get("op", message -> numbers.add(message.u32(0)));
      return numbers.toString();
    } catch (NetlinkException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
