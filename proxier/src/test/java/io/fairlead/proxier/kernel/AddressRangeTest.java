package io.fairlead.proxier.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AddressRangeTest {
  private record Case(String cidr, String first, String last, String after) {}

  private static final List<Case> CASES =
      List.of(
          new Case("10.244.1.0/24", "10.244.1.0", "10.244.1.255", "10.244.2.0"),
          new Case("10.0.0.1/32", "10.0.0.1", "10.0.0.1", "10.0.0.2"),
          new Case("127.0.0.0/8", "127.0.0.0", "127.255.255.255", "128.0.0.0"),
          new Case("128.0.0.0/1", "128.0.0.0", "255.255.255.255", ""),
          new Case("0.0.0.0/0", "0.0.0.0", "255.255.255.255", ""),
          new Case("fd00::/64", "fd00::", "fd00::ffff:ffff:ffff:ffff", "fd00:0:0:1::"),
          new Case("fd00::/65", "fd00::", "fd00::7fff:ffff:ffff:ffff", "fd00::8000:0:0:0"),
          new Case("fd00::a/128", "fd00::a", "fd00::a", "fd00::b"),
          new Case("fd00::/16", "fd00::", "fd00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fd01::"),
          new Case("ff00::/8", "ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ""),
          new Case("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ""));

  @Test
  void aCidrIsARangeAndTheRangeIsTheCidr() {
    for (Case row : CASES) {
      Cidr cidr = Cidr.parse(row.cidr());
      AddressRange range = AddressRange.of(cidr);

      assertEquals(range(row.first(), row.last()), range, row.cidr());
      assertEquals(row.after(), range.after().map(IpAddress::toString).orElse(""), row.cidr());
      assertEquals(Optional.of(cidr), range.cidr(), row.cidr());
    }
  }

  @Test
  void mostRangesAreNoCidr() {
    for (AddressRange range :
        List.of(
            range("10.0.0.0", "10.0.0.2"),
            range("10.0.0.1", "10.0.0.2"),
            range("10.0.0.2", "10.0.0.1"),
            range("10.0.0.255", "10.0.1.0"),
            range("fd00::", "fd00:0:0:1::"),
            range("fd00::1", "fd00:0:0:1::"))) {
      assertEquals(Optional.empty(), range.cidr(), range.toString());
    }
  }

  private static AddressRange range(String first, String last) {
    return new AddressRange(IpAddress.parse(first), IpAddress.parse(last));
  }
}
