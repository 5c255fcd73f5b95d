package io.fairlead.netlink.nftables;

import static io.fairlead.netlink.nftables.DataType.INET_PROTO;
import static io.fairlead.netlink.nftables.DataType.INET_SERVICE;
import static io.fairlead.netlink.nftables.DataType.IPV4_ADDR;
import static io.fairlead.netlink.nftables.DataType.IPV6_ADDR;
import static io.fairlead.netlink.nftables.DataType.MARK;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Key types as nft numbers them. */
final class DataTypeTest {
  private record Case(int number, int length, List<DataType> fields) {}

  private static final List<Case> CASES =
      List.of(
          new Case(7, 4, List.of(IPV4_ADDR)),
          new Case(12, 1, List.of(INET_PROTO)),
          new Case(13, 2, List.of(INET_SERVICE)),
          new Case(19, 4, List.of(MARK)),
          new Case(7 << 12 | 12 << 6 | 13, 12, List.of(IPV4_ADDR, INET_PROTO, INET_SERVICE)),
          new Case(8 << 12 | 12 << 6 | 13, 24, List.of(IPV6_ADDR, INET_PROTO, INET_SERVICE)),
          new Case(
              7 << 18 | 12 << 12 | 13 << 6 | 7,
              16,
              List.of(IPV4_ADDR, INET_PROTO, INET_SERVICE, IPV4_ADDR)));

  @Test
  void fieldsAreNumberedFromTheLeftSixBitsEach() {
    for (Case c : CASES) {
      assertEquals(c.number, DataType.concatenated(c.fields), c.toString());
      assertEquals(c.length, DataType.length(c.fields), c.toString());
      assertEquals(c.fields, DataType.split(c.number), c.toString());
    }
  }

  @Test
  void aTypeThatIsNotKnownHereHasNoFields() {
    for (int number : new int[] {0, 1, 7 << 6, 7 << 6 | 63, 0xffffff00}) {
      assertEquals(List.of(), DataType.split(number), Integer.toHexString(number));
    }
  }
}
