package io.fairlead.core.dataplane;

import static io.fairlead.core.cluster.TestObjects.ip;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.Protocol;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fake refuses, and as what: the tests that rest on it are worth no more than this. */
class FakeDataplaneTest {
  private static final Addressed WEB = new Addressed(ip("10.96.0.1"), 80, Protocol.TCP);
  private static final Addressed WEB_6 = new Addressed(ip("fd00::1"), 80, Protocol.TCP);
  private static final Addressed NONE = new Addressed(ip("10.96.0.9"), 80, Protocol.TCP);
  private static final RealServer A = new RealServer(ip("10.0.1.1"), 80);
  private static final RealServer B = new RealServer(ip("10.0.1.2"), 80);
  private static final RealServerOptions SERVING = RealServerOptions.masquerade(1);
  private static final SetElement VIP = new SetElement.Vip(ip("10.96.0.1"));
  private static final SetElement OTHER_VIP = new SetElement.Vip(ip("10.96.0.9"));

  /** {@code expect} is the errno, with a {@code *} if reading back helps; empty if all is well. */
  record Case(Change change, String expect) {}

  static Stream<Case> cases() {
    return Stream.of(
        new Case(new Change.CreateDevice(), ""),
        new Case(new Change.BindAddress(ip("10.96.0.1")), ""),
        new Case(new Change.UnbindAddress(ip("10.96.0.9")), ""),
        new Case(edit(List.of(VIP), List.of()), ""),
        new Case(edit(List.of(OTHER_VIP), List.of(VIP)), ""),
        new Case(edit(List.of(), List.of(OTHER_VIP)), "ENOENT*"),
        new Case(new Change.AddVirtualServer(WEB, options("rr", 32)), "EEXIST*"),
        new Case(new Change.AddVirtualServer(NONE, options("nosuch", 32)), "ENOENT"),
        new Case(new Change.AddVirtualServer(WEB_6, options("rr", 0)), "EINVAL"),
        new Case(new Change.EditVirtualServer(WEB, options("wlc", 32)), ""),
        new Case(new Change.EditVirtualServer(WEB, options("nosuch", 32)), "ENOENT"),
        new Case(new Change.EditVirtualServer(NONE, options("rr", 32)), "ESRCH*"),
        new Case(new Change.RemoveVirtualServer(NONE), "ESRCH*"),
        new Case(new Change.AddRealServer(WEB, A, SERVING), "EEXIST*"),
        new Case(new Change.AddRealServer(NONE, A, SERVING), "ESRCH*"),
        new Case(
            new Change.AddRealServer(WEB, new RealServer(ip("fd01::1"), 80), SERVING), "EINVAL"),
        new Case(
            new Change.AddRealServer(WEB, new RealServer(ip("224.0.0.1"), 80), SERVING), "EINVAL"),
        new Case(
            new Change.AddRealServer(WEB, B, new RealServerOptions(1, Forwarding.MASQUERADE, 1, 2)),
            "ERANGE"),
        new Case(new Change.EditRealServer(WEB, B, SERVING), "ENOENT*"),
        new Case(new Change.EditRealServer(NONE, A, SERVING), "ESRCH*"),
        new Case(new Change.RemoveRealServer(WEB, B), "ENOENT*"),
        new Case(new Change.RemoveRealServer(NONE, A), "ESRCH*"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void refusesAsTheKernelDoes(Case c) {
    var kernel = new FakeDataplane();
    assertEquals(
        "",
        outcome(
            kernel,
            new Change.CreateDevice(),
            new Change.ReplaceFilter(ImmutableList.of(VIP)),
            new Change.BindAddress(ip("10.96.0.1")),
            new Change.AddVirtualServer(WEB, options("rr", 32)),
            new Change.AddRealServer(WEB, A, SERVING)));

    assertEquals(c.expect, outcome(kernel, c.change));
  }

  @Test
  void withoutItsDeviceAndTableThereIsNothingToWriteTo() {
    var kernel = new FakeDataplane();

    assertEquals(
        "ENODEV* ENOENT*",
        outcome(kernel, new Change.BindAddress(ip("10.96.0.1")), edit(List.of(VIP), List.of())));
  }

  @Test
  void aVirtualServerTakesItsRealServersAlong() {
    var kernel = new FakeDataplane();
    kernel.interfere(new Change.AddVirtualServer(WEB, options("rr", 32)));
    kernel.interfere(new Change.AddRealServer(WEB, A, SERVING));
    kernel.interfere(new Change.RemoveVirtualServer(WEB));

    assertEquals(ImmutableMap.of(), kernel.connections(WEB));
    assertEquals(
        "",
        outcome(
            kernel,
            new Change.AddVirtualServer(WEB, options("rr", 32)),
            new Change.AddRealServer(WEB, A, SERVING)));
  }

  private static String outcome(FakeDataplane kernel, Change... changes) {
    return String.join(
        " ",
        kernel.apply(ImmutableList.copyOf(changes)).stream()
            .map(failure -> failure.reason() + (failure.drift() ? "*" : ""))
            .toList());
  }

  private static Change edit(List<SetElement> add, List<SetElement> remove) {
    return new Change.EditFilter(ImmutableList.copyOf(add), ImmutableList.copyOf(remove));
  }

  private static VirtualServerOptions options(String scheduler, int prefix) {
    return new VirtualServerOptions(scheduler, 0, 0, prefix);
  }
}
