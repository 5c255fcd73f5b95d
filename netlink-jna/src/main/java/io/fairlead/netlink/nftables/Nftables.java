package io.fairlead.netlink.nftables;

import io.fairlead.netlink.Errno;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * nf_tables of one network namespace, over a NETLINK_NETFILTER connection that the caller owns.
 * What is there is read by dumps; changes go through a {@link Transaction}.
 */
public final class Nftables {
  private static final int NAME = 1; // of the table, in the requests for all that is in it
  private static final int RULE_CHAIN = 2;
  private static final int SET_NAME = 2;
  private static final int NFTA_GEN_ID = 1;
  private static final int ATTEMPTS = 10;

  private final NetlinkConnection connection;

  public Nftables(NetlinkConnection connection) {
    this.connection = connection;
  }

  /** Starts changes to one table. The connection is theirs until they are committed. */
  public Transaction change(Table table) {
    return new Transaction(connection.transaction(), table);
  }

  /** The number of transactions that were committed in this namespace, by anybody. */
  public int generation() throws NetlinkException {
    Nft.header(connection.request(Nft.GETGEN, 0), 0, 0);
    List<Integer> found = new ArrayList<>(1);
    connection.get(
        "get nf_tables generation",
        answer -> {
          var a = answer.attributes(Nft.HEADER);
          while (a.next()) {
            if (a.type() == NFTA_GEN_ID) {
              found.add(a.u32Be());
            }
          }
        });
    return found.stream().findFirst().orElse(0);
  }

  /** The tables of all families. */
  public List<Table> tables() throws NetlinkException {
    Nft.header(connection.request(Nft.GETTABLE, 0), 0, 0);
    return connection.dump("list tables", ObjectReader::table);
  }

  /** The chains of a table; empty if there is no such table. */
  public List<Chain> chains(Table table) throws NetlinkException {
    Nft.header(connection.request(Nft.GETCHAIN, 0), table.family().number(), 0);
    List<Optional<Chain>> found =
        connection.dump("list chains of " + table, answer -> ObjectReader.chain(answer, table));
    return found.stream().flatMap(Optional::stream).toList();
  }

  /**
   * The sets and maps of a table, without those that belong to a rule; empty if it is not there.
   */
  public List<NamedSet> sets(Table table) throws NetlinkException {
    return allSets(table).stream()
        .filter(set -> !set.flags().contains(NamedSet.Flag.ANONYMOUS))
        .toList();
  }

  /** The elements of a set, in no order. ENOENT if the set is not there. */
  public List<Element> elements(Table table, String set) throws NetlinkException {
    request(Nft.GETSETELEM, table).string(SET_NAME, set);
    List<List<Element>> parts =
        connection.dump("list elements of set " + set + " in " + table, ObjectReader::elements);
    return parts.stream().flatMap(Collection::stream).toList();
  }

  /** The rules of a table, chain by chain in their order; empty if there is no such table. */
  public List<Rule.Installed> rules(Table table) throws NetlinkException {
    return consistent(() -> {
      request(Nft.GETRULE, table);
      return resolve(table, connection.dump("list rules of " + table, ObjectReader::rule));
    });
  }

  /** The rules of one chain in their order; empty if it is not there. */
  public List<Rule.Installed> rules(Table table, String chain) throws NetlinkException {
    String operation = "list rules of chain " + chain + " in " + table;
    return consistent(() -> {
      request(Nft.GETRULE, table).string(RULE_CHAIN, chain);
      return resolve(table, connection.dump(operation, ObjectReader::rule));
    });
  }

  /** Something that takes more than one dump. */
  private interface Read<T> {
    T read() throws NetlinkException;
  }

  /** Reads again if a transaction was committed meanwhile, which one dump notices, but not two. */
  private <T> T consistent(Read<T> read) throws NetlinkException {
    for (int attempt = 1; ; attempt++) {
      int before = generation();
      try {
        T result = read.read();
        if (generation() == before) {
          return result;
        }
      } catch (NetlinkException e) {
        if (e.errno() != Errno.ENOENT || generation() == before) {
          throw e; // else: a rule and its anonymous set went away between two dumps
        }
      }
      if (attempt == ATTEMPTS) {
        throw new NetlinkException("list rules", Errno.EINTR, "others keep changing them");
      }
    }
  }

  private List<NamedSet> allSets(Table table) throws NetlinkException {
    request(Nft.GETSET, table);
    try {
      return connection.dump("list sets of " + table, ObjectReader::set);
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ENOENT) {
        return List.of(); // the table is not there
      }
      throw e;
    }
  }

  /** Puts the elements of anonymous sets into the lookups that use them. */
  private List<Rule.Installed> resolve(Table table, List<Rule.Installed> rules)
      throws NetlinkException {
    if (rules.stream().noneMatch(Nftables::looksIntoAnonymousSet)) {
      return rules;
    }
    Map<String, NamedSet> anonymous = new HashMap<>();
    for (NamedSet set : allSets(table)) {
      if (set.flags().contains(NamedSet.Flag.ANONYMOUS) && set.key().size() == 1) {
        anonymous.put(set.name(), set);
      }
    }
    List<Rule.Installed> resolved = new ArrayList<>(rules.size());
    for (Rule.Installed installed : rules) {
      List<Expression> expressions = new ArrayList<>();
      for (Expression expression : installed.rule().expressions()) {
        expressions.add(resolve(table, expression, anonymous));
      }
      Rule rule = new Rule(installed.rule().chain(), expressions, installed.rule().comment());
      resolved.add(new Rule.Installed(rule, installed.handle()));
    }
    return resolved;
  }

  private static boolean looksIntoAnonymousSet(Rule.Installed installed) {
    return installed.rule().expressions().stream()
        .anyMatch(expression ->
            expression instanceof Expression.Lookup lookup && lookup.set().startsWith("__set"));
  }

  private Expression resolve(Table table, Expression expression, Map<String, NamedSet> anonymous)
      throws NetlinkException {
    if (expression instanceof Expression.Lookup(String name, int register, boolean inverted)) {
      Optional<NamedSet> set = Optional.ofNullable(anonymous.get(name));
      if (set.isPresent()) {
        List<Bytes> values = elements(table, name).stream().map(Element::key).toList();
        return new Expression.InlineLookup(set.get().key().getFirst(), values, register, inverted);
      }
    }
    return expression;
  }

  private MessageWriter request(int type, Table table) {
    return Nft.header(connection.request(type, 0), table.family().number(), 0)
        .string(NAME, table.name());
  }
}
