package io.fairlead.bench.code;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.EndpointSlice.Endpoint;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.endpoints.EndpointSelection;
import io.fairlead.core.endpoints.PortEndpoint;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.Protocol;
import io.fairlead.lab.synthetic.Cluster;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Which of a Service's endpoints count: merged from its slices, then chosen for a port. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {Product.COMPILER, Product.COLLECTOR, Product.HEADERS})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Selecting {
  private static final int ZONES = 3;
  private static final Locality HERE = new Locality(Cluster.nodeName(0), Optional.of("zone-0"));

  /** What there is to choose by. */
  public enum Rule {
    /** Every ready endpoint. */
    ALL(true, false),
    /** Those that are meant for this node's zone: topology hints. */
    ZONE(true, false),
    /** All for some, this node's for others: externalTrafficPolicy Local. */
    LOCAL(true, true);

    private final boolean cluster;
    private final boolean local;

    Rule(boolean cluster, boolean local) {
      this.cluster = cluster;
      this.local = local;
    }
  }

  @Param({"10", "100", "1000"})
  public int endpoints;

  @Param public Rule rule = Rule.ALL;

  private ImmutableList<EndpointSlice> slices = ImmutableList.of();
  private ImmutableList<PortEndpoint> merged = ImmutableList.of();
  private io.fairlead.core.endpoints.Scope scope =
      new io.fairlead.core.endpoints.Scope(true, false);

  @Setup(Level.Trial)
  public void generate() {
    slices =
        Cluster.uniform(1, endpoints).slices(0).stream()
            .map(slice -> rule == Rule.ZONE ? hinted(slice) : slice)
            .collect(ImmutableList.toImmutableList());
    merged = merge().of(Family.IPV4, "", Protocol.TCP);
    scope = new io.fairlead.core.endpoints.Scope(rule.cluster, rule.local);
    check();
  }

  /** As many as there should be are chosen. */
  @TearDown(Level.Trial)
  public void check() {
    checkState(merged.size() == endpoints);
    EndpointSelection chosen = select();
    int near = (endpoints + ZONES - 1) / ZONES;
    checkState(chosen.cluster().size() == (rule == Rule.ZONE ? near : endpoints));
    int here = (endpoints + Cluster.NODES - 1) / Cluster.NODES;
    checkState(chosen.local().size() == (rule == Rule.LOCAL ? here : 0));
  }

  @Benchmark
  public ServiceEndpoints merge() {
    return ServiceEndpoints.merge(slices);
  }

  @Benchmark
  public EndpointSelection select() {
    return EndpointSelection.of(merged, scope, HERE);
  }

  private static EndpointSlice hinted(EndpointSlice slice) {
    var endpoints = ImmutableList.<Endpoint>builder();
    for (int i = 0; i < slice.endpoints().size(); i++) {
      Endpoint it = slice.endpoints().get(i);
      endpoints.add(
          new Endpoint(
              it.address(),
              it.nodeName(),
              it.ready(),
              it.serving(),
              it.terminating(),
              ImmutableSet.of("zone-" + i % ZONES),
              ImmutableSet.of()));
    }
    return new EndpointSlice(
        slice.name(), slice.service(), slice.family(), slice.ports(), endpoints.build());
  }
}
