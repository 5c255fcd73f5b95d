package io.fairlead.ipvs;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.core.net.Family;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.generic.GenericFamily;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The kernel's IPVS, in the network namespace of its connection. Used by one thread at a time.
 *
 * <p>Reads are strict: nothing of an interrupted dump is returned, and an answer that makes no
 * sense is a {@link NetlinkException} with EBADMSG. But the kernel does not mark its dumps of IPVS
 * as interrupted (ip_vs_ctl.c keeps no generation): a read beside another writer may miss a virtual
 * server or meet one twice. A later write then says so, as drift.
 */
public final class Ipvs implements Closeable {
  private final NetlinkConnection connection;
  private final GenericFamily family;

  private Ipvs(NetlinkConnection connection, GenericFamily family) {
    this.connection = connection;
    this.family = family;
  }

  /**
   * Finds IPVS in the kernel and takes the connection over. The kernel may load its module by
   * itself when it is asked for it; this never does.
   *
   * @param connection a connection to {@link NetlinkConnection#GENERIC}
   * @throws NetlinkException with ENOENT if the kernel has no IPVS; the text names the module
   */
  public static Ipvs open(NetlinkConnection connection) throws NetlinkException {
    try {
      return new Ipvs(connection, GenericFamily.find(connection, Abi.FAMILY));
    } catch (NetlinkException e) {
      throw Reasons.explained("find IPVS", e);
    }
  }

  /**
   * Reads all virtual servers with their real servers: one dump, and one more for each virtual
   * server. Those of protocols that core does not know are left out.
   */
  public ImmutableSortedMap<VirtualServerKey, VirtualServer> virtualServers()
      throws NetlinkException {
    var options = byKey(VirtualServerReader::of, VirtualServerReader::options);
    var servers = ImmutableSortedMap.<VirtualServerKey, VirtualServer>naturalOrder();
    for (var server : options.entrySet()) {
      VirtualServerKey key = server.getKey();
      servers.put(key, new VirtualServer(key, server.getValue(), realServers(key)));
    }
    return servers.build();
  }

  /** Reads all virtual servers in one dump, without their real servers. */
  public Map<VirtualServerKey, VirtualServerOptions> options() throws NetlinkException {
    request(Abi.CMD_GET_SERVICE);
    var options = new HashMap<VirtualServerKey, VirtualServerOptions>();
    for (var server :
        dump(
            "read virtual servers",
            message -> entry(VirtualServerReader.of(message), VirtualServerReader::options))) {
      server.ifPresent(s -> options.put(s.getKey(), s.getValue()));
    }
    return options;
  }

  /** Reads one virtual server without its real servers; empty if it is not there. */
  public Optional<VirtualServerOptions> options(VirtualServerKey key) throws NetlinkException {
    VirtualServerWriter.writeKey(request(Abi.CMD_GET_SERVICE), key);
    try {
      return Optional.of(
          get("read " + key, message -> VirtualServerReader.of(message).options()));
    } catch (NetlinkException e) {
      if (e.errno() == Errno.ESRCH) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Reads one virtual server's real servers; none if the virtual server is not there. */
  public ImmutableSortedMap<RealServer, RealServerOptions> realServers(VirtualServerKey key)
      throws NetlinkException {
    return realServers(key, RealServerReader::of, RealServerReader::options);
  }

  /**
   * Reads the connection counts of one virtual server's real servers; none if the virtual server is
   * not there.
   */
  public ImmutableSortedMap<RealServer, Connections> connections(VirtualServerKey key)
      throws NetlinkException {
    return realServers(key, RealServerReader::of, RealServerReader::connections);
  }

  /** Reads all there is to know of one virtual server's real servers; none if it is not there. */
  public ImmutableSortedMap<RealServer, RealServerStatus> status(VirtualServerKey key)
      throws NetlinkException {
    return realServers(key, RealServerReader::withStatistics, RealServerReader::status);
  }

  /** Reads the statistics of all virtual servers in one dump. */
  public ImmutableSortedMap<VirtualServerKey, Statistics> statistics() throws NetlinkException {
    return byKey(VirtualServerReader::withStatistics, VirtualServerReader::statistics);
  }

  /** Starts a batch of writes, which uses the connection until it is finished. */
  public IpvsBatch batch() {
    return new IpvsBatch(connection.batch(), family);
  }

  /** Reads the connection timeouts. */
  public Timeouts timeouts() throws NetlinkException {
    request(Abi.CMD_GET_CONFIG);
    return get("read IPVS timeouts", Timeouts::read);
  }

  /**
   * Sets the timeouts that are not 0.
   *
   * @throws NetlinkException with EINVAL if one is negative or more than the kernel can count
   */
  public void setTimeouts(Timeouts timeouts) throws NetlinkException {
    String operation = "set IPVS " + timeouts;
    timeouts.write(request(Abi.CMD_SET_CONFIG));
    try {
      connection.execute(operation);
    } catch (NetlinkException e) {
      throw Reasons.explained(operation, e);
    }
  }

  /** Reads the version of the kernel's IPVS and the size of its connection table. */
  public KernelVersion version() throws NetlinkException {
    request(Abi.CMD_GET_INFO);
    return get("read IPVS version", KernelVersion::read);
  }

  /** Closes the connection. What the kernel holds stays. */
  @Override
  public void close() {
    connection.close();
  }

  private <T> ImmutableSortedMap<VirtualServerKey, T> byKey(
      Function<Message, VirtualServerReader> read, Function<VirtualServerReader, T> part)
      throws NetlinkException {
    request(Abi.CMD_GET_SERVICE);
    var servers = new TreeMap<VirtualServerKey, T>(); // a key that is met twice is no error
    for (var server : dump("read virtual servers", message -> entry(read.apply(message), part))) {
      server.ifPresent(s -> servers.put(s.getKey(), s.getValue()));
    }
    return ImmutableSortedMap.copyOfSorted(servers);
  }

  private static <T> Optional<Map.Entry<VirtualServerKey, T>> entry(
      VirtualServerReader server, Function<VirtualServerReader, T> part) {
    return server.key().map(key -> Map.entry(key, part.apply(server)));
  }

  private <T> ImmutableSortedMap<RealServer, T> realServers(
      VirtualServerKey key,
      Function<Message, RealServerReader> read,
      Function<RealServerReader, T> part)
      throws NetlinkException {
    VirtualServerWriter.writeKey(request(Abi.CMD_GET_DEST), key);
    var servers = new TreeMap<RealServer, T>();
    for (var server :
        dump(
            "read real servers of " + key,
            message -> entry(key.family(), read.apply(message), part))) {
      servers.put(server.getKey(), server.getValue());
    }
    return ImmutableSortedMap.copyOfSorted(servers);
  }

  private static <T> Map.Entry<RealServer, T> entry(
      Family family, RealServerReader server, Function<RealServerReader, T> part) {
    return Map.entry(server.server(family), part.apply(server));
  }

  private MessageWriter request(int command) {
    return family.request(connection, command, 0);
  }

  private <T> List<T> dump(String operation, Function<Message, T> decode) throws NetlinkException {
    try {
      return connection.dump(operation, decode);
    } catch (NetlinkException e) {
      throw Reasons.explained(operation, e);
    }
  }

  private <T> T get(String operation, Function<Message, T> decode) throws NetlinkException {
    var answers = new ArrayList<T>(1);
    try {
      connection.get(operation, message -> answers.add(decode.apply(message)));
    } catch (NetlinkException e) {
      throw Reasons.explained(operation, e);
    }
    if (answers.isEmpty()) {
      throw new NetlinkException(operation, Errno.EBADMSG, "an ACK without an answer");
    }
    return answers.getFirst();
  }
}
