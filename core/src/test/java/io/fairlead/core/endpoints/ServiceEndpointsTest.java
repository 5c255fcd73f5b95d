package io.fairlead.core.endpoints;

import static io.fairlead.core.cluster.TestObjects.slice;
import static io.fairlead.core.cluster.TestObjects.slicePort;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.TestObjects;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServiceEndpointsTest {
  private static final List<EndpointSlice.Port> WEB = List.of(slicePort("web", Protocol.TCP, 80));

  @Test
  void sortsByAddressAcrossSlices() {
    assertEquals(
        "10.0.1.2 10.0.1.9 10.0.1.10",
        web(
            slice("a", "s", WEB, "10.0.1.10 ready", "10.0.1.2 ready"),
            slice("b", "s", WEB, "10.0.1.9")));
  }

  @Test
  void theRunningPodWinsOverTheOneThatTerminatesWhicheverSliceComesFirst() {
    EndpointSlice old = slice("a", "s", WEB, "10.0.1.1 serving terminating");
    EndpointSlice fresh = slice("b", "s", WEB, "10.0.1.1 ready");

    for (List<EndpointSlice> slices : List.of(List.of(old, fresh), List.of(fresh, old))) {
      List<PortEndpoint> merged =
          ServiceEndpoints.merge(slices).of(Family.IPV4, "web", Protocol.TCP);
      assertEquals(1, merged.size());
      assertEquals(true, merged.getFirst().isReady());
    }
  }

  @Test
  void oneNameMayHaveSeveralNumbers() {
    var merged =
        ServiceEndpoints.merge(
            List.of(
                slice("a", "s", WEB, "10.0.1.1 ready"),
                slice("b", "s", List.of(slicePort("web", Protocol.TCP, 81)), "10.0.1.1 ready")));

    assertEquals(
        List.of(80, 81),
        merged.of(Family.IPV4, "web", Protocol.TCP).stream().map(PortEndpoint::port).toList());
  }

  @Test
  void protocolsAndFamiliesAreApart() {
    var merged =
        ServiceEndpoints.merge(
            List.of(slice("a", "s", WEB, "10.0.1.1"), slice("b", "s", WEB, "fd00::1")));

    assertEquals(1, merged.of(Family.IPV4, "web", Protocol.TCP).size());
    assertEquals(1, merged.of(Family.IPV6, "web", Protocol.TCP).size());
    assertEquals(List.of(), merged.of(Family.IPV4, "web", Protocol.UDP));
    assertEquals(List.of(), merged.of(Family.IPV4, "", Protocol.TCP));
  }

  @Test
  void anEndpointThatCannotBeIsNamedAndTheOthersStay() {
    EndpointSlice mixed =
        new EndpointSlice(
            TestObjects.name("a"),
            TestObjects.name("s"),
            Family.IPV4,
            ImmutableList.copyOf(WEB),
            ImmutableList.of(
                TestObjects.endpoint("fd00::1 ready"),
                TestObjects.endpoint("127.0.0.1 ready"),
                TestObjects.endpoint("10.0.1.1 ready")));

    assertEquals("10.0.1.1", web(mixed));
    assertEquals(
        List.of(
            "EndpointSlice default/a: endpoint fd00::1 is not of the slice's addressType IPv4;"
                + " left out",
            "EndpointSlice default/a: endpoint 127.0.0.1 is a loopback address; left out"),
        ServiceEndpoints.merge(List.of(mixed)).problems());
  }

  @Test
  void portNumbersOutOfRangeAreSkipped() {
    List<EndpointSlice.Port> ports =
        List.of(slicePort("web", Protocol.TCP, 0), slicePort("web", Protocol.TCP, 65536));
    assertEquals("", web(slice("a", "s", ports, "10.0.1.1 ready")));
  }

  private static String web(EndpointSlice... slices) {
    return ServiceEndpoints.merge(List.of(slices)).of(Family.IPV4, "web", Protocol.TCP).stream()
        .map(endpoint -> endpoint.address().toString())
        .collect(Collectors.joining(" "));
  }
}
