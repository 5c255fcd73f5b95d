package io.fairlead.netlink.jna;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.jna.NetlinkOptions.Crossing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Namespaces take root (CAP_SYS_ADMIN): without it these tests fail, and say EPERM. */
class NamespaceTest {
  @ParameterizedTest
  @EnumSource
  void aConnectionStaysInTheNamespaceItWasOpenedIn(Crossing crossing) throws Exception {
    String before = here();
    try (PrivateNamespace net = PrivateNamespace.create();
        Loopback inside = new Loopback(options(net, crossing));
        Loopback again = new Loopback(options(net, crossing));
        Loopback outside = new Loopback(NetlinkOptions.DEFAULT.with(crossing))) {
      inside.addAddress(0xABCDEF);
      assertEquals(List.of(0xABCDEF), again.list());
      assertEquals(-1, outside.list().indexOf(0xABCDEF));
    }
    assertEquals(before, here());
  }

  @ParameterizedTest
  @EnumSource
  void twoThousandAddressesGoInAndComeOut(Crossing crossing) throws Exception {
    List<Integer> all = IntStream.range(1, 2_001).boxed().toList();
    try (PrivateNamespace net = PrivateNamespace.create();
        Loopback lo = new Loopback(options(net, crossing))) {
      assertEquals(List.of(), lo.addAddresses(1, 2_000));
      assertEquals(all, lo.list().stream().sorted().toList());
      List<Batch.Failure> failures = lo.addAddresses(1_999, 4);
      assertEquals(List.of(1_999, 2_000), failures.stream().map(Batch.Failure::tag).toList());
      assertEquals(Errno.EEXIST, failures.getFirst().errno());
    }
  }

  /** A receive buffer of the least size overflows: what is unknown is said to be so. */
  @ParameterizedTest
  @EnumSource
  void anOverflowLeavesNoRequestWithoutAnOutcome(Crossing crossing) throws Exception {
    try (PrivateNamespace net = PrivateNamespace.create();
        Loopback lo = new Loopback(options(net, crossing).withReceiveBuffer(1))) {
      Batch everything = lo.connection().transaction(); // not bounded by the receive buffer
      for (int tag = 0; tag < 1_000; tag++) {
        Loopback.write(everything.next(Loopback.RTM_DELADDR, 0, tag), tag);
      }
      List<Batch.Failure> failures = everything.finish();
      assertEquals(
          IntStream.range(0, 1_000).boxed().toList(),
          failures.stream().map(Batch.Failure::tag).toList());
      assertEquals(
          List.of(Errno.EADDRNOTAVAIL, Errno.ENOBUFS),
          failures.stream().map(Batch.Failure::errno).distinct().sorted().toList());
      lo.addAddress(1);
      assertEquals(List.of(1), lo.list());
    }
  }

  @Test
  void threadsThatATaskStartsAreBornInside() throws Exception {
    try (PrivateNamespace net = PrivateNamespace.create()) {
      String inside = net.namespace().call(NamespaceTest::here);
      FutureTask<String> child = new FutureTask<>(NamespaceTest::here);
      net.namespace().call(() -> Thread.ofPlatform().start(child));
      assertEquals(inside, child.get());
      assertNotEquals(inside, here());
    }
  }

  @Test
  void aNamespaceThatDoesNotExistIsEnoentWithItsPath() {
    NetlinkException e =
        assertThrows(
            NetlinkException.class, () -> NetworkNamespace.named("no-such").call(() -> "inside"));
    assertEquals("open namespace /run/netns/no-such: ENOENT", e.getMessage());
  }

  @Test
  void whatTheTaskThrowsComesOut() {
    assertThrows(
        IOException.class,
        () ->
            NetworkNamespace.current()
                .call(() -> {
                  throw new IOException("its own");
                }));
  }

  private static NetlinkOptions options(PrivateNamespace net, Crossing crossing) {
    return NetlinkOptions.DEFAULT.in(net.namespace()).with(crossing);
  }

  private static String here() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
  }
}
