package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Connections;
import io.fairlead.core.dataplane.Dataplane;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.dataplane.FakeDataplane;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.IpAddress;
import java.util.Map;
import java.util.TreeMap;

/**
 * The fake kernel, which at times cannot be read, or is not as anybody believes, and during whose
 * writes and counts things happen.
 */
final class TroubledDataplane implements Dataplane {
  final FakeDataplane kernel = new FakeDataplane();
  boolean readable = true;
  boolean drifting;
  Runnable duringApply = () -> {};
  Runnable duringCount = () -> {};
  private int reads;
  private int addressReads;

  @Override
  public KernelState read() throws DataplaneException {
    reads++;
    demandReadable("read addresses: ENOBUFS");
    return kernel.read();
  }

  @Override
  public ImmutableSet<IpAddress> nodeAddresses() throws DataplaneException {
    addressReads++;
    demandReadable("read addresses: ENOBUFS");
    return kernel.nodeAddresses();
  }

  @Override
  public ImmutableMap<RealServer, Connections> connections(VirtualServerKey key)
      throws DataplaneException {
    duringCount.run();
    demandReadable("read real servers: ENOBUFS");
    return kernel.connections(key);
  }

  @Override
  public ImmutableList<Failure> apply(ImmutableList<Change> changes) {
    duringApply.run();
    return drifting
        ? changes.stream()
            .map(change -> new Failure(change, "ENODEV", true))
            .collect(ImmutableList.toImmutableList())
        : kernel.apply(changes);
  }

  private void demandReadable(String error) throws DataplaneException {
    if (!readable) {
      throw new DataplaneException(error, new IllegalStateException("as the test wants it"));
    }
  }

  /** How often everything was read, or tried to be. */
  int reads() {
    return reads;
  }

  /** How often the node's addresses alone were read, or tried to be. */
  int addressReads() {
    return addressReads;
  }

  /** The real servers of all virtual servers, with their weights. */
  Map<String, Integer> weights() {
    Map<String, Integer> weights = new TreeMap<>();
    for (var virtualServer : kernel.read().virtualServers().values()) {
      virtualServer
          .realServers()
          .forEach((server, options) -> weights.put(server.toString(), options.weight()));
    }
    return weights;
  }
}
