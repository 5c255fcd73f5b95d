package io.fairlead.core.dataplane;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What differs between two states, and nothing else. */
class DriftTest {
  private static final IpAddress VIP = IpAddress.parse("10.96.0.1");
  private static final VirtualServerKey WEB = new VirtualServerKey.Addressed(VIP, 80, Protocol.TCP);
  private static final VirtualServerKey DNS = new VirtualServerKey.Addressed(VIP, 53, Protocol.UDP);
  private static final RealServer POD = new RealServer(IpAddress.parse("10.0.1.1"), 8080);
  private static final VirtualServerOptions RR = new VirtualServerOptions("rr", 0, 0, 32);

  private final FakeDataplane kernel = new FakeDataplane();

  @Test
  void aKernelThatIsAsBelievedDiffersInNothing() {
    interfere(new Change.CreateDevice(), new Change.BindAddress(VIP), web(), pod(1));
    kernel.addNodeAddress(IpAddress.parse("192.0.2.1"));

    Drift drift = Drift.between(kernel.read(), kernel.read());

    assertEquals(ImmutableMap.of(), drift.virtualServers());
    assertEquals(Delta.none(), drift.boundAddresses());
    assertEquals(Delta.none(), drift.elements());
    assertEquals(Set.of(IpAddress.parse("192.0.2.1")), drift.nodeAddresses());
  }

  @Test
  void everythingThatChangedIsToldAsItIsNow() {
    interfere(new Change.CreateDevice(), web(), pod(1), new Change.AddVirtualServer(DNS, RR));
    KernelState believed = kernel.read();
    SetElement guard = new SetElement.Vip(VIP);
    interfere(
        new Change.BindAddress(VIP),
        new Change.RemoveVirtualServer(DNS),
        new Change.EditRealServer(WEB, POD, RealServerOptions.masquerade(0)),
        new Change.ReplaceFilter(ImmutableList.of(guard)));

    Drift drift = Drift.between(believed, kernel.read());

    KernelState now = kernel.read();
    assertEquals(
        ImmutableMap.of(
            WEB, Optional.ofNullable(now.virtualServers().get(WEB)), DNS, Optional.empty()),
        drift.virtualServers());
    assertEquals(
        new Delta<>(ImmutableSet.of(VIP), ImmutableSet.<IpAddress>of()), drift.boundAddresses());
    assertEquals(
        new Delta<>(ImmutableSet.of(guard), ImmutableSet.<SetElement>of()), drift.elements());
    assertEquals(true, drift.filterIntact());
  }

  private static Change web() {
    return new Change.AddVirtualServer(WEB, RR);
  }

  private static Change pod(int weight) {
    return new Change.AddRealServer(WEB, POD, RealServerOptions.masquerade(weight));
  }

  private void interfere(Change... changes) {
    for (Change change : changes) {
      kernel.interfere(change);
    }
  }
}
