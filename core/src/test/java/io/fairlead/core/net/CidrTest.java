package io.fairlead.core.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  @ParameterizedTest
  @CsvSource({
    "10.244.3.7/16, 10.244.0.0/16",
    "10.1.2.3/32, 10.1.2.3/32",
    "10.1.2.3/0, 0.0.0.0/0",
    "10.1.2.255/25, 10.1.2.128/25",
    "fd00:1:2:3:4::/64, fd00:1:2:3::/64",
    "fd00:1:2:3:ffff::/65, fd00:1:2:3:8000::/65",
    "fd00::1/128, fd00::1/128",
    "fd00::1/0, ::/0"
  })
  void dropsTheBitsAfterThePrefix(String text, String canonical) {
    assertEquals(canonical, Cidr.parse(text).toString());
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "0.0.0.0/0, 255.1.1.1, true",
    "0.0.0.0/0, ::1, false",
    "192.0.2.1/32, 192.0.2.1, true",
    "192.0.2.1/32, 192.0.2.2, false",
    "fd00::/63, fd00:0:0:1::9, true",
    "fd00::/63, fd00:0:0:2::, false",
    "fd00::/127, fd00::1, true",
    "fd00::/127, fd00::2, false",
    "::/0, ::1, true",
    "::/0, 10.0.0.1, false"
  })
  void containsWhatSharesThePrefix(String cidr, String address, boolean expect) {
    assertEquals(expect, Cidr.parse(cidr).contains(IpAddress.parse(address)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0",
        "10.0.0.0/",
        "/8",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "fd00::/129",
        "10.0.0/8",
        "10.0.0.0/8/8",
        "10.0.0.0/ 8",
        "10.0.0.0/x",
        "10.0.0.0/\u0668"
      })
  void refusesWhatIsNone(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Cidr.parse(text)).getMessage();

    assertTrue(String.valueOf(message).startsWith("\"" + text + "\" is not a CIDR"), message);
  }
}
