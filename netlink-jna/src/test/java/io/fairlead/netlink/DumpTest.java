package io.fairlead.netlink;

import static io.fairlead.netlink.FakeKernel.bytes;
import static io.fairlead.netlink.FakeKernel.done;
import static io.fairlead.netlink.FakeKernel.error;
import static io.fairlead.netlink.FakeKernel.failure;
import static io.fairlead.netlink.FakeKernel.joined;
import static io.fairlead.netlink.FakeKernel.message;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.netlink.FakeKernel.Reply;
import io.fairlead.netlink.FakeKernel.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Dumps: whole, in parts, interrupted, cut off and refused. */
class DumpTest {
  private static final int TYPE = 0x20;
  private static final int MULTI = 0x2;
  private static final int INTERRUPTED = 0x12; // NLM_F_MULTI | NLM_F_DUMP_INTR

  /** The kernel's answers to the first attempt; the second always yields 8 and 9. */
  record Case(String name, Function<Request, List<Reply>> first, String told, int attempts) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case("empty", r -> List.of(done(r, MULTI, 0)), "[]", 1),
        new Case(
            "in two halves", r -> List.of(part(r, 1), part(r, 2), done(r, MULTI, 0)), "[1, 2]", 1),
        new Case(
            "at once",
            r -> List.of(joined(part(r, 1), part(r, 2), done(r, MULTI, 0))),
            "[1, 2]",
            1),
        new Case(
            "among strangers",
            r -> List.of(message(TYPE, 0, 77, 5), part(r, 1), done(r, MULTI, 0)),
            "[1]",
            1),
        new Case(
            "interrupted at the start",
            r -> List.of(cut(r, 1), part(r, 2), done(r, MULTI, 0)),
            "[8, 9]",
            2),
        new Case(
            "interrupted in the middle",
            r -> List.of(part(r, 1), cut(r, 2), done(r, MULTI, 0)),
            "[8, 9]",
            2),
        new Case(
            "interrupted at the end",
            r -> List.of(part(r, 1), done(r, INTERRUPTED, 0)),
            "[8, 9]",
            2),
        new Case(
            "overflown",
            r -> List.of(part(r, 1), failure(Errno.ENOBUFS), part(r, 2), done(r, MULTI, 0)),
            "[8, 9]",
            2),
        new Case(
            "with a part that was too long",
            r -> List.of(part(r, 1), failure(Errno.EMSGSIZE), done(r, MULTI, 0)),
            "[8, 9]",
            2),
        new Case("refused", r -> List.of(error(r, Errno.EPERM, "not you")), told("EPERM"), 1),
        new Case(
            "failing at its end",
            r -> List.of(part(r, 1), done(r, MULTI, Errno.ENOMEM)),
            "op: ENOMEM",
            1),
        new Case(
            "failing in its middle",
            r -> List.of(part(r, 1), error(r, Errno.EPERM, "not you")),
            told("EPERM"),
            1),
        new Case(
            "never ending",
            r -> List.of(part(r, 1)),
            "op: ETIMEDOUT (the kernel did not answer in time)",
            1),
        new Case(
            "with nonsense inside",
            r -> List.of(part(r, 1), bytes(1, 2, 3, 4, 5), part(r, 2), done(r, MULTI, 0)),
            "op: EBADMSG (5 bytes at offset 0 are no message header)",
            1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theCallerIsToldAndTheNextDumpWorks(Case expected) {
    FakeKernel kernel =
        new FakeKernel(sent -> {
          Request request = sent.getFirst();
          return request.sequence() == 1
              ? expected.first().apply(request)
              : List.of(part(request, 8), part(request, 9), done(request, MULTI, 0));
        });
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    assertEquals(expected.told(), ask(connection));
    assertEquals(expected.attempts(), kernel.sent().size());
    assertEquals("[8, 9]", ask(connection));
  }

  @Test
  void aDumpThatIsAlwaysInterruptedFailsInTheEnd() {
    FakeKernel kernel =
        new FakeKernel(sent -> List.of(cut(sent.getFirst(), 1), done(sent.getFirst(), MULTI, 0)));
    assertEquals(
        "op: EINTR (the dump was interrupted by changes)", ask(NetlinkConnection.over(kernel)));
    assertEquals(10, kernel.sent().size());
  }

  /** An unread rest would make the next dump fail with EBUSY. */
  @Test
  void aDecoderThatThrowsLeavesNothingUnread() {
    FakeKernel kernel =
        new FakeKernel(sent ->
            List.of(
                part(sent.getFirst(), 1),
                part(sent.getFirst(), 2),
                done(sent.getFirst(), MULTI, 0)));
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    List<Integer> seen = new ArrayList<>();
    connection.request(TYPE, 0);
    try {
      connection.dump(
          "op",
          message -> {
            seen.add(message.u32(0));
            throw new UnsupportedOperationException();
          });
    } catch (UnsupportedOperationException | NetlinkException _) {
      seen.add(0);
    }
    assertEquals(List.of(1, 0), seen);
    assertEquals(-Errno.EAGAIN, kernel.receiveNow());
  }

  private static String told(String errno) {
    return "op: " + errno + " (not you)";
  }

  private static Reply part(Request request, int number) {
    return message(TYPE, MULTI, request.sequence(), number);
  }

  private static Reply cut(Request request, int number) {
    return message(TYPE, INTERRUPTED, request.sequence(), number);
  }

  private static String ask(NetlinkConnection connection) {
    connection.request(TYPE, 0).put32(0);
    try {
      return connection.dump("op", message -> message.u32(0)).toString();
    } catch (NetlinkException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
