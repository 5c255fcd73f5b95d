package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LocalDetectorTest {
  private record Case(LocalDetector detector, Set<Family> podsKnown) {}

  private static final Set<Family> BOTH = Set.of(Family.IPV4, Family.IPV6);
  private static final List<Case> CASES =
      List.of(
          new Case(cidrs(), Set.of()),
          new Case(cidrs("10.244.0.0/16"), Set.of(Family.IPV4)),
          new Case(cidrs("fd00:244::/32"), Set.of(Family.IPV6)),
          new Case(cidrs("10.244.0.0/16", "fd00:244::/32"), BOTH),
          new Case(cidrs("0.0.0.0/0", "fd00:244::/32"), Set.of(Family.IPV6)),
          new Case(new LocalDetector.NodeCidr(), BOTH),
          new Case(new LocalDetector.BridgeInterface("cbr0"), BOTH),
          new Case(new LocalDetector.InterfacePrefix("veth"), BOTH),
          new Case(new LocalDetector.None(), Set.of()));

  @Test
  void podsAreKnownWhereSomethingTellsThem() {
    for (Case row : CASES) {
      assertEquals(row.podsKnown(), row.detector().podsKnown(), row.detector().toString());
    }
  }

  private static LocalDetector cidrs(String... texts) {
    return new LocalDetector.ClusterCidrs(
        Stream.of(texts).map(Cidr::parse).collect(ImmutableList.toImmutableList()));
  }
}
