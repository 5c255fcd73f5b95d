package io.fairlead.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.proxier.observe.Page.Answer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ServicesPageTest {
  private static final Duration PATIENCE = Duration.ofMillis(10);

  @Test
  void aLineForEachVirtualServerInTheirOrder() {
    ImmutableMap<VirtualServerKey, ObjectName> owners =
        ImmutableMap.of(
            key("fd00::a", 53, Protocol.UDP), new ObjectName("kube-system", "kube-dns"),
            key("10.96.0.10", 53, Protocol.UDP), new ObjectName("kube-system", "kube-dns"),
            key("10.96.0.1", 443, Protocol.TCP), new ObjectName("default", "kubernetes"));

    assertEquals(
        Answer.text(
            200,
            """
            TCP 10.96.0.1:443\tdefault/kubernetes
            UDP 10.96.0.10:53\tkube-system/kube-dns
            UDP [fd00::a]:53\tkube-system/kube-dns
            """),
        page(CompletableFuture.completedFuture(owners)).get(""));
  }

  @Test
  void aLoopThatIsBusyIsNotWaitedForLong() {
    Answer answer = page(new CompletableFuture<>()).get("");

    assertEquals(503, answer.status());
  }

  @Test
  void aFailureIsForTheServerToTell() {
    ServicesPage page = page(CompletableFuture.failedFuture(new IllegalStateException("no")));

    assertThrows(IllegalStateException.class, () -> page.get(""));
  }

  private static ServicesPage page(
      CompletableFuture<? extends Map<VirtualServerKey, ObjectName>> answer) {
    return new ServicesPage(() -> answer, PATIENCE);
  }

  private static VirtualServerKey key(String address, int port, Protocol protocol) {
    return new Addressed(IpAddress.parse(address), port, protocol);
  }
}
