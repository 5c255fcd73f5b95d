package io.fairlead.proxier.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CapabilitiesTest {
  record Case(String name, String bits, boolean netAdmin) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("root", "000001ffffffffff", true),
        new Case("a container's usual set", "00000000a80425fb", false),
        new Case("that set and NET_ADMIN", "00000000a80435fb", true),
        new Case("nobody", "0000000000000000", false));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void findsNetAdmin(Case c) throws IOException {
    Capabilities found = Capabilities.parse("Name:\tjava\nCapPrm:\t0\nCapEff:\t" + c.bits + "\n");

    assertEquals(c.netAdmin, found.has(Capabilities.Capability.CAP_NET_ADMIN));
    assertEquals(c.netAdmin ? 0 : 1, found.problems().size());
  }

  @Test
  void aFileWithoutThemIsAnError() {
    IOException e = assertThrows(IOException.class, () -> Capabilities.parse("Name:\tjava\n"));
    assertEquals("/proc/self/status: \"CapEff: missing\" holds no capabilities", e.getMessage());
  }
}
