package io.fairlead.proxier.kernel;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Comparison;
import io.fairlead.core.dataplane.Comparison.Delta;
import io.fairlead.core.dataplane.KernelView;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.nftables.Chain;
import io.fairlead.netlink.nftables.Element;
import io.fairlead.netlink.nftables.ElementWriter;
import io.fairlead.netlink.nftables.NamedSet;
import io.fairlead.netlink.nftables.Nftables;
import io.fairlead.netlink.nftables.Rule;
import io.fairlead.netlink.nftables.Table;
import io.fairlead.netlink.nftables.Transaction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** The nf_tables table in the kernel: written, edited and read back. */
final class PacketFilter {
  private final Nftables nftables;
  private final FilterTable wanted;

  PacketFilter(NetlinkConnection connection, FilterTable wanted) {
    this.nftables = new Nftables(connection);
    this.wanted = wanted;
  }

  /**
   * What the kernel has.
   *
   * @param intact whether sets, chains and rules are exactly the wanted ones
   * @param elements empty unless intact
   */
  record Snapshot(boolean intact, ImmutableSet<SetElement> elements) {
    static final Snapshot BROKEN = new Snapshot(false, ImmutableSet.of());
  }

  Snapshot read() throws NetlinkException {
    var elements = ImmutableSet.<SetElement>builder();
    return read(elements::add) ? new Snapshot(true, elements.build()) : Snapshot.BROKEN;
  }

  /**
   * What the kernel has, beside what is believed.
   *
   * @param version of all of the namespace's nf_tables; empty if it changed meanwhile
   * @param elements how they differ; all are gone unless intact
   */
  record Difference(boolean intact, OptionalInt version, Delta<SetElement> elements) {}

  /**
   * Reads nothing but a number as long as nobody in this network namespace committed a transaction.
   * Nothing else changes our sets: no rule adds to them, and their elements have no timeout.
   */
  Difference compare(KernelView believed) throws NetlinkException {
    int version = nftables.generation();
    if (believed.filterIntact() && believed.filterVersion().equals(OptionalInt.of(version))) {
      return new Difference(true, believed.filterVersion(), Delta.none());
    }
    var elements = new Comparison<>(believed.elements());
    if (!read(elements::met)) {
      return new Difference(
          false,
          OptionalInt.empty(),
          new Delta<>(ImmutableSet.of(), ImmutableSet.copyOf(believed.elements())));
    }
    boolean isSame = nftables.generation() == version;
    return new Difference(
        true, isSame ? OptionalInt.of(version) : OptionalInt.empty(), elements.end());
  }

  /** Hands out all elements; false if the table is not as it should be. */
  private boolean read(Consumer<SetElement> each) throws NetlinkException {
    try {
      return readStrictly(each);
    } catch (NetlinkException e) {
      if (e.errno() == Errno.EBADMSG) {
        return false; // what we cannot read we did not write; nothing else may go unread
      }
      throw e;
    }
  }

  private boolean readStrictly(Consumer<SetElement> each) throws NetlinkException {
    if (!isIntact()) {
      return false;
    }
    for (Family family : Family.values()) {
      for (ElementSet set : ElementSet.values()) {
        ElementDecoder decoder = ElementDecoder.of(set, family);
        for (Element element : held(set, family)) {
          Optional<SetElement> known = decoder.read(element);
          if (known.isEmpty()) {
            return false; // somebody else's: a protocol that no Service has, a range
          }
          each.accept(known.get());
        }
      }
    }
    return true;
  }

  private List<Element> held(ElementSet set, Family family) throws NetlinkException {
    List<Element> held = nftables.elements(FilterTable.TABLE, set.name(family));
    return set == ElementSet.PODS ? Element.ranges(held) : held;
  }

  /** Writes the whole table anew. No packet meets half of it, or none. */
  void replace(List<SetElement> elements) throws NetlinkException {
    Transaction transaction = nftables.change(FilterTable.TABLE);
    transaction.addTable(); // so that there is one to delete
    transaction.deleteTable();
    transaction.addTable();
    for (NamedSet set : wanted.sets()) {
      transaction.addSet(set);
    }
    for (Chain chain : wanted.chains()) {
      transaction.addChain(chain);
    }
    for (Rule rule : wanted.rules()) {
      transaction.addRule(rule);
    }
    add(transaction, elements);
    transaction.commit();
  }

  /**
   * Removes and adds elements, all or none. What is removed goes first: a range may make room for
   * one that overlaps it.
   *
   * <p>Sources that overlap others of the same port would be left out without a word: the kernel
   * takes two elements for the same if the first four bytes of their keys are (nft_pipapo_insert).
   *
   * @throws NetlinkException ENOENT if one to be removed is not there; EEXIST if one to be added
   *     overlaps another pod range or, in the map, is there with another value
   */
  void edit(List<SetElement> add, List<SetElement> remove) throws NetlinkException {
    Transaction transaction = nftables.change(FilterTable.TABLE);
    for (var set : bySet(remove).entrySet()) {
      ElementWriter out = transaction.deleteElements(set.getKey());
      for (SetElement element : set.getValue()) {
        ElementEncoder.write(out, element);
      }
    }
    add(transaction, add);
    transaction.commit();
  }

  /** Deletes the table, whatever is in it; false if there was none. */
  boolean delete() throws NetlinkException {
    boolean exists = nftables.tables().stream().anyMatch(PacketFilter::isOurs);
    Transaction transaction = nftables.change(FilterTable.TABLE);
    transaction.addTable();
    transaction.deleteTable();
    transaction.commit();
    return exists;
  }

  /** By its name: the comment may be an older version's, and kernels before 5.10 keep none. */
  private static boolean isOurs(Table table) {
    return table.name().equals(FilterTable.TABLE.name())
        && table.family() == FilterTable.TABLE.family();
  }

  private boolean isIntact() throws NetlinkException {
    return nftables.tables().stream().anyMatch(PacketFilter::isOurs)
        && wanted.sets().equals(new HashSet<>(nftables.sets(FilterTable.TABLE)))
        && new HashSet<>(wanted.chains()).equals(new HashSet<>(nftables.chains(FilterTable.TABLE)))
        && byChain(wanted.rules())
            .equals(
                byChain(
                    nftables.rules(FilterTable.TABLE).stream().map(Rule.Installed::rule).toList()));
  }

  private static void add(Transaction transaction, List<SetElement> elements)
      throws NetlinkException {
    for (var set : bySet(elements).entrySet()) {
      ElementWriter out = transaction.addElements(set.getKey());
      for (SetElement element : set.getValue()) {
        ElementEncoder.write(out, element);
      }
    }
  }

  /** Sorted into the sets that they are for; nothing is made per element but its place. */
  private static Map<NamedSet, List<SetElement>> bySet(List<SetElement> elements) {
    var sets = new EnumMap<Family, Map<ElementSet, List<SetElement>>>(Family.class);
    for (SetElement element : elements) {
      sets.computeIfAbsent(element.family(), _ -> new EnumMap<>(ElementSet.class))
          .computeIfAbsent(ElementSet.of(element), _ -> new ArrayList<>())
          .add(element);
    }
    Map<NamedSet, List<SetElement>> named = new LinkedHashMap<>();
    sets.forEach(
        (family, ofFamily) -> ofFamily.forEach((set, held) -> named.put(set.of(family), held)));
    return named;
  }

  /** Rules in their order within each chain; the kernel lists the chains in an order of its own. */
  private static Map<String, List<Rule>> byChain(List<Rule> rules) {
    Map<String, List<Rule>> chains = new LinkedHashMap<>();
    for (Rule rule : rules) {
      chains.computeIfAbsent(rule.chain(), _ -> new ArrayList<>()).add(rule);
    }
    return chains;
  }
}
