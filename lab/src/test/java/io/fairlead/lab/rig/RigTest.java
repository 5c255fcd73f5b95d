package io.fairlead.lab.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.Outcome.Answer;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The rig by itself, without any virtual server: whoever fails here need not look at Fairlead. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RigTest {
  private static final int PORT = 8080;

  private final Rig rig = Rig.create();
  private final Node node1 = rig.node("node1");
  private final Node node2 = rig.node("node2");
  private final Pod near = node1.pod("near", "10.244.1.10", "fd00:244:1::10");
  private final Pod far = node2.pod("far", "10.244.2.10", "fd00:244:2::10");
  private final Client client = rig.client("client", node1);

  @BeforeAll
  void serve() {
    near.serve(PORT);
    far.serve(PORT);
  }

  @AfterAll
  void close() {
    rig.close();
  }

  record Way(Host from, Host to, Family family) {
    @Override
    public String toString() {
      return from.name() + " to " + to.name() + " over " + family;
    }
  }

  Stream<Way> ways() {
    return Stream.of(Family.values())
        .flatMap(family ->
            Stream.of(
                new Way(near, far, family),
                new Way(far, near, family),
                new Way(client, near, family),
                new Way(client, far, family),
                new Way(node1, far, family)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void everyProtocolIsAnsweredByTheAddressedPodWhichSeesTheAsker(Way way) {
    IpAddress address = way.to().addresses().of(way.family());
    Answer expected = new Answer(way.to().name(), way.from().addresses().of(way.family()));
    assertEquals(expected, way.from().tcp(address, PORT), "TCP");
    assertEquals(expected, way.from().udp(address, PORT), "UDP");
    assertEquals(expected, way.from().sctp(address, PORT), "SCTP");
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void aClosedPortRefuses(Family family) {
    IpAddress address = near.addresses().of(family);
    assertInstanceOf(Outcome.Refused.class, client.tcp(address, 81), "TCP");
    assertInstanceOf(Outcome.Refused.class, client.udp(address, 81), "UDP");
    assertInstanceOf(Outcome.Refused.class, client.sctp(address, 81), "SCTP");
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void everyoneAnswersPing(Family family) {
    assertTrue(client.ping(far.addresses().of(family)));
  }

  @Test
  void aStreamStaysOpen() throws IOException {
    try (io.fairlead.lab.rig.Stream stream = client.stream(near.v4(), PORT)) {
      Answer expected = new Answer("near", client.v4());
      assertEquals(expected, stream.ask());
      assertEquals(expected, stream.ask());
    }
  }
}
