package io.fairlead.core.endpoints;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.TestObjects;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CategorizeEndpoints of kube-proxy, row by row. Endpoints are called by their last byte. */
class EndpointSelectionTest {
  private static final Locality HERE = new Locality(TestObjects.NODE, Optional.of("a"));
  private static final Scope CLUSTER = new Scope(true, false);
  private static final Scope LOCAL = new Scope(false, true);
  private static final Scope BOTH = new Scope(true, true);

  /** {@code expect}: cluster / local / hasAny. */
  record Case(String name, Scope scope, String expect, List<String> endpoints) {
    Case(String name, Scope scope, String expect, String... endpoints) {
      this(name, scope, expect, List.of(endpoints));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("nothing is nothing", BOTH, "/ / false"),
        new Case("ready ones serve", CLUSTER, "1 2 / / true", "1 local ready", "2 ready"),
        new Case("not ready ones do not", CLUSTER, "2 / / true", "1 local", "2 ready"),
        new Case("serving alone is not ready", CLUSTER, "/ / false", "1 serving"),
        new Case(
            "terminating ones serve when nothing is ready",
            CLUSTER,
            "1 / / true",
            "1 serving terminating",
            "2 terminating",
            "3"),
        new Case(
            "terminating ones rest while anything is ready",
            CLUSTER,
            "2 / / true",
            "1 local serving terminating",
            "2 ready"),
        new Case("local takes local only", LOCAL, "/ 1 / true", "1 local ready", "2 ready"),
        new Case("local without local knows that others exist", LOCAL, "/ / true", "2 ready"),
        new Case(
            "local without local knows that others terminate",
            LOCAL,
            "/ / true",
            "2 serving terminating"),
        new Case(
            "local falls back to what terminates here, not to what is ready there",
            BOTH,
            "2 / 1 / true",
            "1 local serving terminating",
            "2 ready"),
        new Case(
            "10.2: ready, serving and terminating local ones, eTP Local",
            BOTH,
            "1 2 5 / 1 2 / true",
            "1 local ready",
            "2 local ready",
            "3 local serving terminating",
            "4 local terminating",
            "5 ready"),
        new Case(
            "10.2: only terminating, eTP Cluster",
            CLUSTER,
            "1 2 4 / / true",
            "1 local serving terminating",
            "2 local serving terminating",
            "3 local terminating",
            "4 serving terminating",
            "5"),
        new Case(
            "10.2: local ones terminate, a remote one is ready, eTP Local",
            BOTH,
            "5 / 1 2 / true",
            "1 local serving terminating",
            "2 local serving terminating",
            "3 local terminating",
            "4 serving terminating",
            "5 ready"),
        new Case(
            "zone hints keep traffic in the zone",
            CLUSTER,
            "1 / / true",
            "1 ready zone=a",
            "2 ready zone=b"),
        new Case(
            "an endpoint may be hinted for several zones",
            CLUSTER,
            "1 2 / / true",
            "1 ready zone=a",
            "2 ready zone=b zone=a"),
        new Case(
            "one endpoint without a hint voids all hints",
            CLUSTER,
            "1 2 / / true",
            "1 ready zone=a",
            "2 ready"),
        new Case(
            "hints for other zones only are void",
            CLUSTER,
            "1 2 / / true",
            "1 ready zone=b",
            "2 ready zone=c"),
        new Case(
            "endpoints that are not ready have no say in hints",
            CLUSTER,
            "1 / / true",
            "1 ready zone=a",
            "2 ready zone=b",
            "3 serving terminating"),
        new Case(
            "node hints come before zone hints",
            CLUSTER,
            "1 / / true",
            "1 ready node=here zone=a",
            "2 ready node=there zone=a"),
        new Case(
            "node hints for other nodes give way to zone hints",
            CLUSTER,
            "1 / / true",
            "1 ready node=there zone=a",
            "2 ready node=there zone=b"),
        new Case(
            "hints do not count when only terminating ones are left",
            CLUSTER,
            "1 2 / / true",
            "1 serving terminating zone=a",
            "2 serving terminating zone=b"),
        new Case(
            "hints do not touch the local list, and both lists are merged",
            BOTH,
            "2 / 1 / true",
            "1 local ready zone=b",
            "2 ready zone=a"),
        new Case(
            "a terminating endpoint that is ready still counts (publishNotReadyAddresses)",
            CLUSTER,
            "1 / / true",
            "1 ready terminating"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void chooses(Case c) {
    ImmutableList<PortEndpoint> endpoints =
        c.endpoints.stream()
            .map(text -> new PortEndpoint(TestObjects.endpoint("10.0.1." + text), 80))
            .collect(ImmutableList.toImmutableList());

    assertEquals(c.expect, text(EndpointSelection.of(endpoints, c.scope, HERE)));
  }

  private static String text(EndpointSelection chosen) {
    return bytes(chosen.cluster()) + "/ " + bytes(chosen.local()) + "/ " + chosen.hasAny();
  }

  private static String bytes(List<PortEndpoint> endpoints) {
    return endpoints.stream()
        .map(e -> e.address().toString().substring("10.0.1.".length()) + " ")
        .collect(Collectors.joining());
  }
}
