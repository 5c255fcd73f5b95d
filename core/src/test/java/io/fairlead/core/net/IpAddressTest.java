package io.fairlead.core.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "FD00:0:0::1, fd00::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "64:ff9b::192.0.2.1, 64:ff9b::c000:201"
  })
  void readsAndPrintsAsKubernetesDoes(String text, String canonical) {
    assertEquals(canonical, IpAddress.parse(text).toString());
    assertEquals(IpAddress.parse(text), IpAddress.parse(canonical));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "010.0.0.1",
        "1.2.3.4 ",
        "10.0.0.1/8",
        "0x7f.0.0.1",
        "::ffff:10.0.0.1",
        "fe80::1%eth0",
        ":::",
        "12345::",
        "localhost",
        "\uff11.2.3.4"
      })
  void refusesWhatToolsDisagreeOn(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text)).getMessage();

    assertTrue(String.valueOf(message).startsWith("\"" + text + "\" is "), message);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, the unspecified address",
    "::, the unspecified address",
    "127.1.2.3, a loopback address",
    "::1, a loopback address",
    "169.254.0.1, a link-local address",
    "fe80::1, a link-local address",
    "febf::1, a link-local address",
    "224.0.0.1, a multicast address",
    "239.255.255.255, a multicast address",
    "ff02::1, a multicast address",
    "126.255.255.255, ''",
    "128.0.0.1, ''",
    "169.253.0.1, ''",
    "fec0::1, ''",
    "fd00::1, ''",
    "240.0.0.1, ''"
  })
  void knowsWhatNoServiceMayHave(String text, String unfitness) {
    assertEquals(unfitness, IpAddress.parse(text).unfitness().orElse(""));
  }

  @Test
  void sortsAsNumbersIpv4First() {
    List<IpAddress> sorted =
        Stream.of("9.0.0.0", "10.0.0.2", "10.0.0.10", "200.0.0.1", "1::", "9::", "f000::")
            .map(IpAddress::parse)
            .toList();

    assertEquals(sorted, sorted.reversed().stream().sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void bytesAndTextComeBackAsTheyWent(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      IpAddress address = IpAddress.ofBytes(bytes);

      assertArrayEquals(bytes, address.toBytes(), "seed " + seed + " round " + i);
      assertEquals(address, IpAddress.parse(address.toString()), "seed " + seed + " round " + i);
    }
  }

  @Test
  void otherLengthsAreNoAddress() {
    assertThrows(IllegalArgumentException.class, () -> IpAddress.ofBytes(new byte[5]));
    assertThrows(IllegalArgumentException.class, () -> new IpAddress(Family.IPV4, 0, 1L << 32));
  }
}
