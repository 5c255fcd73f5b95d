package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the dataplane makes of the kernel's refusals. */
class KernelDataplaneTest {
  private static final VirtualServerKey WEB =
      new VirtualServerKey.Addressed(IpAddress.parse("10.96.0.1"), 80, Protocol.TCP);
  private static final RealServer POD = new RealServer(IpAddress.parse("10.244.1.10"), 8080);
  private static final Change ADD_POD =
      new Change.AddRealServer(WEB, POD, RealServerOptions.masquerade(1));

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void aSchedulerThatTheKernelLacksIsARefusalAndSoIsAllThatDependsOnIt() {
    Change add = new Change.AddVirtualServer(WEB, new VirtualServerOptions("nosuch", 0, 0, 32));

    List<Failure> failures = apply(add, ADD_POD);

    assertEquals(List.of(add, ADD_POD), failures.stream().map(Failure::change).toList());
    assertEquals(List.of(false, false), failures.stream().map(Failure::drift).toList());
  }

  @Test
  void aVirtualServerThatIsNotThereIsDrift() {
    List<Failure> failures = apply(ADD_POD);

    assertEquals(List.of(true), failures.stream().map(Failure::drift).toList());
  }

  @Test
  void removingWhatIsGoneIsDone() {
    assertEquals(
        List.of(),
        apply(
            new Change.CreateDevice(),
            new Change.UnbindAddress(IpAddress.parse("10.96.0.1")),
            new Change.RemoveRealServer(WEB, POD),
            new Change.RemoveVirtualServer(WEB)));
  }

  private List<Failure> apply(Change... changes) {
    return node.namespace()
        .call(() -> {
          var masquerade = new Settings.Masquerade(14, false, new LocalDetector.None());
          try (KernelDataplane kernel = KernelDataplane.open(masquerade)) {
            return kernel.apply(ImmutableList.copyOf(changes));
          }
        });
  }
}
