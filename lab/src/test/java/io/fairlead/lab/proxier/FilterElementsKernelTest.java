package io.fairlead.lab.proxier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Set elements as the kernel takes them, and as they are read back. */
class FilterElementsKernelTest {
  private static final IpAddress V4 = IpAddress.parse("10.96.0.10");
  private static final IpAddress V6 = IpAddress.parse("fd00:96::a");

  private final Rig rig = Rig.create();
  private final Node node = rig.node("node1");
  private final KernelDataplane kernel =
      node.namespace()
          .call(() ->
              KernelDataplane.open(
                  new Settings.Masquerade(14, false, new LocalDetector.NodeCidr())));

  @BeforeEach
  void writeTheTable() {
    apply(new Change.ReplaceFilter(ImmutableList.of()));
  }

  @AfterEach
  void close() {
    kernel.close();
    rig.close();
  }

  @Test
  void everyKindIsReadBackAsItWasWritten() throws DataplaneException {
    ImmutableList<SetElement> all = all();

    apply(new Change.ReplaceFilter(all));
    assertEquals(ImmutableSet.copyOf(all), read());

    edit(List.of(), all);
    assertEquals(ImmutableSet.of(), read());

    edit(all, List.of());
    assertEquals(ImmutableSet.copyOf(all), read());
  }

  private static ImmutableList<SetElement> all() {
    var all = ImmutableList.<SetElement>builder();
    for (IpAddress address : List.of(V4, V6)) {
      all.add(new SetElement.Vip(address));
      for (ServicePort.Set set : ServicePort.Set.values()) {
        for (Protocol protocol : Protocol.values()) {
          all.add(new ServicePort(set, address, protocol, 65535));
        }
      }
      all.add(new SetElement.Hairpin(address, Protocol.SCTP, 1));
      all.add(new SetElement.LocalOnly(address, Protocol.TCP, 80, 0x1000));
      all.add(new SetElement.LocalOnly(address, Protocol.UDP, 80, 0xfedcba98));
    }
    Stream.of("10.0.0.0/8", "192.0.2.1/32", "198.51.100.0/31", "192.0.2.2/31", "224.0.0.0/3")
        .forEach(sources -> all.add(allowed(V4, sources)));
    Stream.of("fd00::/9", "2001:db8::1/128", "2001:db8:1::/63", "2001:db8:2::/65", "ff00::/8")
        .forEach(sources -> all.add(allowed(V6, sources)));
    all.add(new SetElement.Allowed(V4, Protocol.UDP, 80, Cidr.parse("0.0.0.0/0")));
    all.add(new SetElement.Allowed(V6, Protocol.UDP, 80, Cidr.parse("::/0")));
    Stream.of("10.244.1.0/24", "10.244.2.0/24", "10.244.7.1/32", "192.0.0.0/2")
        .forEach(range -> all.add(pods(range)));
    Stream.of("fd00:244:1::/64", "fd00:244:1:1::/64", "fd00:244:7::1/128", "ff00::/8")
        .forEach(range -> all.add(pods(range)));
    return all.build();
  }

  private record Replacement(SetElement before, SetElement after) {}

  private static final List<Replacement> REPLACEMENTS =
      List.of(
          new Replacement(allowed(V4, "10.0.0.0/8"), allowed(V4, "10.1.0.0/16")),
          new Replacement(allowed(V4, "10.0.0.0/8"), allowed(V4, "10.0.0.0/16")),
          new Replacement(allowed(V4, "10.1.0.0/16"), allowed(V4, "0.0.0.0/0")),
          new Replacement(allowed(V6, "fd00::/16"), allowed(V6, "fd00:1::/32")),
          new Replacement(allowed(V6, "fd00::/32"), allowed(V6, "fd00::/16")),
          new Replacement(pods("10.244.0.0/16"), pods("10.244.1.0/24")),
          new Replacement(pods("10.244.0.0/24"), pods("10.244.0.0/16")),
          new Replacement(pods("10.244.1.0/24"), pods("0.0.0.0/0")),
          new Replacement(pods("fd00:244::/32"), pods("fd00:244:1::/64")),
          new Replacement(pods("fd00:244::/64"), pods("::/0")),
          new Replacement(
              new SetElement.LocalOnly(V4, Protocol.TCP, 80, 0x1000),
              new SetElement.LocalOnly(V4, Protocol.TCP, 80, 0x1001)),
          new Replacement(
              new SetElement.LocalOnly(V6, Protocol.TCP, 80, 0x1001),
              new SetElement.LocalOnly(V6, Protocol.TCP, 80, 0x1000)));

  @Test
  void whatOverlapsIsReplacedInOneTransaction() throws DataplaneException {
    for (Replacement row : REPLACEMENTS) {
      edit(List.of(row.before()), List.of());

      edit(List.of(row.after()), List.of(row.before()));

      assertEquals(ImmutableSet.of(row.after()), read(), row.toString());
      edit(List.of(), List.of(row.after()));
    }
  }

  @Test
  void aPodRangeThatOverlapsAnotherIsRefusedWithAllElse() throws DataplaneException {
    edit(List.of(pods("10.244.0.0/16")), List.of());

    var edit =
        new Change.EditFilter(
            ImmutableList.of(new SetElement.Vip(V4), pods("10.244.1.0/24")), ImmutableList.of());

    assertEquals(
        List.of(edit),
        kernel.apply(ImmutableList.of(edit)).stream().map(Dataplane.Failure::change).toList());
    assertEquals(ImmutableSet.of(pods("10.244.0.0/16")), read());
  }

  @Test
  void nftShowsRangesAsItWouldItsOwn() {
    edit(
        List.of(
            allowed(V4, "10.0.0.0/8"),
            allowed(V6, "2001:db8::/33"),
            pods("10.244.1.0/24"),
            pods("fd00:244:1::/64")),
        List.of());

    assertEquals(
        List.of(
            "elements = { 10.96.0.10 . tcp . 80 . 10.0.0.0/8 }",
            "elements = { 10.244.1.0/24 }",
            "elements = { fd00:96::a . tcp . 80 . 2001:db8::/33 }",
            "elements = { fd00:244:1::/64 }"),
        node.namespace()
            .run("nft", "list", "table", "inet", "fairlead")
            .lines()
            .map(String::strip)
            .filter(line -> line.startsWith("elements"))
            .toList());
  }

  @Test
  void rangesThatNftWroteAreReadLikeOurs() throws DataplaneException {
    nft("pods4 { 10.9.0.0/16 }");
    nft("allowed6 { fd00:96::a . tcp . 80 . 2001:db8::/33 }");
    nft("local_only4 { 10.96.0.10 . tcp . 80 : 0x1000 }");

    assertEquals(
        ImmutableSet.of(
            pods("10.9.0.0/16"),
            allowed(V6, "2001:db8::/33"),
            new SetElement.LocalOnly(V4, Protocol.TCP, 80, 0x1000)),
        read());
    edit(List.of(), List.of(pods("10.9.0.0/16"))); // and can be removed by us
    assertEquals(2, read().size());
  }

  @Test
  void aRangeThatIsNoCidrIsSomebodyElses() throws DataplaneException {
    for (String foreign :
        List.of(
            "pods4 { 10.9.0.1-10.9.0.6 }",
            "pods6 { fd00::1-fd00::6 }",
            "allowed4 { 10.96.0.10 . tcp . 80 . 10.0.0.1-10.0.0.6 }",
            "allowed4 { 10.96.0.10 . tcp . 80-81 . 10.0.0.0/8 }",
            "allowed6 { fd00:96::a . 6-17 . 80 . fd00::/16 }")) {
      nft(foreign);

      assertFalse(kernel.read().filterIntact(), foreign);
      apply(new Change.ReplaceFilter(ImmutableList.of()));
      assertTrue(kernel.read().filterIntact());
    }
  }

  private void nft(String elements) {
    node.namespace().run("nft", "add element inet fairlead " + elements);
  }

  private ImmutableSet<SetElement> read() throws DataplaneException {
    assertTrue(kernel.read().filterIntact());
    return kernel.read().elements();
  }

  private void edit(List<SetElement> add, List<SetElement> remove) {
    apply(new Change.EditFilter(ImmutableList.copyOf(add), ImmutableList.copyOf(remove)));
  }

  private void apply(Change change) {
    assertEquals(List.of(), kernel.apply(ImmutableList.of(change)), change.toString());
  }

  private static SetElement allowed(IpAddress address, String sources) {
    return new SetElement.Allowed(address, Protocol.TCP, 80, Cidr.parse(sources));
  }

  private static SetElement pods(String range) {
    return new SetElement.PodRange(Cidr.parse(range));
  }
}
