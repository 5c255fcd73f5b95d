package io.fairlead.netlink.nftables;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Ranges of one field, which the kernel holds as starts and ends in no order. */
final class ElementTest {
  private record Case(String what, List<Element> held, List<Element> ranges) {}

  private static final List<Case> CASES =
      List.of(
          new Case("nothing", List.of(), List.of()),
          new Case("a range", List.of(end(0x0b00), start(0x0a00)), List.of(range(0x0a00, 0x0aff))),
          new Case(
              "two that meet",
              List.of(start(0x0b00), start(0x0a00), end(0x0c00), end(0x0b00)),
              List.of(range(0x0a00, 0x0aff), range(0x0b00, 0x0bff))),
          new Case(
              "two that meet, as nft joins them",
              List.of(start(0x0a00), start(0x0b00), end(0x0c00)),
              List.of(range(0x0a00, 0x0aff), range(0x0b00, 0x0bff))),
          new Case("one without end", List.of(start(0xf000)), List.of(range(0xf000, 0xffff))),
          new Case("all there is", List.of(start(0)), List.of(range(0, 0xffff))),
          new Case(
              "nft's end at 0",
              List.of(end(0), start(0x8000), end(0x8001)),
              List.of(range(0x8000, 0x8000))));

  @Test
  void startsAreJoinedWithTheirEnds() {
    for (Case row : CASES) {
      assertEquals(row.ranges(), Element.ranges(row.held()), row.what());
    }
  }

  private static Element start(int port) {
    return Element.of(Bytes.network(port, 2));
  }

  private static Element end(int port) {
    return new Element(Bytes.network(port, 2), Bytes.NONE, Bytes.NONE, true);
  }

  private static Element range(int first, int last) {
    return new Element(Bytes.network(first, 2), Bytes.network(last, 2), Bytes.NONE, false);
  }
}
