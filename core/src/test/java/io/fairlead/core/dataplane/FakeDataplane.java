package io.fairlead.core.dataplane;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A kernel in memory that is as strict as the real one: it refuses what nf_tables and ip_vs_ctl.c
 * refuse, by the same errno, and what the kernel's own dataplane takes as done is done here, too. A
 * test that passes here and fails on a kernel has found a bug in this class.
 */
public final class FakeDataplane implements Dataplane {
  private static final Set<String> SCHEDULERS = Set.of("rr", "wrr", "lc", "wlc", "sh", "mh");

  private static final class Row {
    VirtualServerOptions options;
    final TreeMap<RealServer, RealServerOptions> realServers = new TreeMap<>();

    Row(VirtualServerOptions options) {
      this.options = options;
    }
  }

  private boolean device;
  private boolean filter;
  private final Set<IpAddress> bound = new HashSet<>();
  private final Set<IpAddress> nodeAddresses = new HashSet<>();
  private final Set<SetElement> elements = new HashSet<>();
  private final TreeMap<VirtualServerKey, Row> rows = new TreeMap<>();
  private final Map<RealServer, Connections> connections = new HashMap<>();
  private final List<Change> log = new ArrayList<>();
  private Predicate<Change> refusal = _ -> false;
  private Runnable afterEach = () -> {};

  /** Everything that was accepted since the last {@link #forget()}, in order. */
  public ImmutableList<Change> log() {
    return ImmutableList.copyOf(log);
  }

  /** Empties the log. */
  public void forget() {
    log.clear();
  }

  /** Refuses, from now on, every change that this picks. */
  public void refuse(Predicate<Change> picked) {
    refusal = picked;
  }

  /** Runs after each accepted change, for a test that checks every step or interferes between. */
  public void afterEach(Runnable check) {
    afterEach = check;
  }

  /** Puts an address on a real interface. */
  public void addNodeAddress(IpAddress address) {
    nodeAddresses.add(address);
  }

  /** Has the real interfaces hold just these. */
  public void nodeAddresses(Set<IpAddress> addresses) {
    nodeAddresses.clear();
    nodeAddresses.addAll(addresses);
  }

  /** Takes an address off a real interface. */
  public void removeNodeAddress(IpAddress address) {
    nodeAddresses.remove(address);
  }

  /** Gives a real server connections, in every virtual server that has it. */
  public void connect(RealServer server, long active) {
    connections.put(server, new Connections(active, 0, 0));
  }

  /** Ends all connections. */
  public void disconnectAll() {
    connections.clear();
  }

  /** Damages the packet filter's table, as another writer's flush would. */
  public void flushFilter() {
    filter = false;
    elements.clear();
  }

  /** Writes as another program would: unrecorded, and never refused by {@link #refuse}. */
  public void interfere(Change change) {
    refusalOf(change)
        .ifPresent(no -> {
          throw new IllegalArgumentException(change + ": " + no.errno);
        });
    accept(change);
  }

  @Override
  public KernelState read() {
    var servers = ImmutableMap.<VirtualServerKey, VirtualServer>builder();
    rows.forEach((key, row) ->
        servers.put(
            key,
            new VirtualServer(key, row.options, ImmutableSortedMap.copyOfSorted(row.realServers))));
    return new KernelState(
        device,
        ImmutableSet.copyOf(bound),
        ImmutableSet.copyOf(nodeAddresses),
        servers.buildOrThrow(),
        filter,
        ImmutableSet.copyOf(elements));
  }

  @Override
  public ImmutableSet<IpAddress> nodeAddresses() {
    return ImmutableSet.copyOf(nodeAddresses);
  }

  @Override
  public ImmutableMap<RealServer, Connections> connections(VirtualServerKey key) {
    var counts = ImmutableMap.<RealServer, Connections>builder();
    if (rows.containsKey(key)) {
      rows.get(key)
          .realServers
          .keySet()
          .forEach(s -> counts.put(s, connections.getOrDefault(s, Connections.NONE)));
    }
    return counts.buildOrThrow();
  }

  @Override
  public ImmutableList<Failure> apply(ImmutableList<Change> changes) {
    var failures = ImmutableList.<Failure>builder();
    for (Change change : changes) {
      Optional<Refusal> no = refusalOf(change);
      if (refusal.test(change)) {
        failures.add(new Failure(change, "EPERM: refused by the test", false));
      } else if (no.isPresent()) {
        failures.add(new Failure(change, no.get().errno, no.get().drift));
      } else {
        accept(change);
        log.add(change);
        afterEach.run();
      }
    }
    return failures.build();
  }

  /** Drift is what reading back can heal; the ipvs module draws the same line. */
  private record Refusal(String errno, boolean drift) {}

  private Optional<Refusal> refusalOf(Change change) {
    return switch (change) {
      case Change.CreateDevice _,
          Change.ReplaceFilter _,
          Change.UnbindAddress _,
          Change.ForgetFlows _ ->
          Optional.empty();
      case Change.EditFilter(var _, var remove) ->
          drift(!filter || !elements.containsAll(remove), "ENOENT");
      case Change.BindAddress _ -> drift(!device, "ENODEV");
      case Change.AddVirtualServer(var key, var options) ->
          drift(rows.containsKey(key), "EEXIST").or(() -> unfit(key, options));
      case Change.EditVirtualServer(var key, var options) ->
          missing(key).or(() -> unfit(key, options));
      case Change.RemoveVirtualServer(var key) -> missing(key);
      case Change.AddRealServer(var key, var server, var options) ->
          missing(key)
              .or(() -> unfit(key, server, options))
              .or(() -> drift(has(key, server), "EEXIST"));
      case Change.EditRealServer(var key, var server, var options) ->
          missing(key)
              .or(() -> unfit(key, server, options))
              .or(() -> drift(!has(key, server), "ENOENT"));
      case Change.RemoveRealServer(var key, var server) ->
          missing(key).or(() -> drift(!has(key, server), "ENOENT"));
    };
  }

  private void accept(Change change) {
    switch (change) {
      case Change.CreateDevice() -> device = true;
      case Change.ReplaceFilter(var all) -> {
        filter = true;
        elements.clear();
        elements.addAll(all);
      }
      case Change.EditFilter(var add, var remove) -> {
        remove.forEach(elements::remove);
        elements.addAll(add);
      }
      case Change.BindAddress(var address) -> bound.add(address);
      case Change.UnbindAddress(var address) -> bound.remove(address);
      case Change.AddVirtualServer(var key, var options) -> rows.put(key, new Row(options));
      case Change.EditVirtualServer(var key, var options) -> row(key).options = options;
      case Change.RemoveVirtualServer(var key) -> rows.remove(key);
      case Change.AddRealServer(var key, var server, var options) ->
          row(key).realServers.put(server, options);
      case Change.EditRealServer(var key, var server, var options) ->
          row(key).realServers.put(server, options);
      case Change.RemoveRealServer(var key, var server) -> row(key).realServers.remove(server);
      case Change.ForgetFlows _ -> {} // the log tells
    }
  }

  private Row row(VirtualServerKey key) {
    return Optional.ofNullable(rows.get(key)).orElseThrow();
  }

  private boolean has(VirtualServerKey key, RealServer server) {
    return row(key).realServers.containsKey(server);
  }

  /** ip_vs_genl_set_cmd: ESRCH for every command on a service that does not exist. */
  private Optional<Refusal> missing(VirtualServerKey key) {
    return drift(!rows.containsKey(key), "ESRCH");
  }

  /** ip_vs_add_service, ip_vs_edit_service. */
  private static Optional<Refusal> unfit(VirtualServerKey key, VirtualServerOptions options) {
    int prefix = options.persistencePrefix();
    return error(!SCHEDULERS.contains(options.scheduler()), "ENOENT")
        .or(() -> error(key.family() == Family.IPV6 && (prefix < 1 || prefix > 128), "EINVAL"));
  }

  /** ip_vs_add_dest, ip_vs_edit_dest, ip_vs_new_dest. */
  private static Optional<Refusal> unfit(
      VirtualServerKey key, RealServer server, RealServerOptions options) {
    boolean isForeign = server.address().family() != key.family();
    return error(isForeign && options.forwarding() != Forwarding.TUNNEL, "EINVAL")
        .or(() -> error(options.lowerThreshold() > options.upperThreshold(), "ERANGE"))
        .or(() -> error(server.address().isMulticast(), "EINVAL"));
  }

  private static Optional<Refusal> drift(boolean refused, String errno) {
    return refused ? Optional.of(new Refusal(errno, true)) : Optional.empty();
  }

  private static Optional<Refusal> error(boolean refused, String errno) {
    return refused ? Optional.of(new Refusal(errno, false)) : Optional.empty();
  }
}
