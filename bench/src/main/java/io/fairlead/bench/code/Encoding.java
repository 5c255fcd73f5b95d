package io.fairlead.bench.code;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.ipvs.IpvsBatch;
import io.fairlead.ipvs.Refusal;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From values to bytes that a kernel would take: for each message, or element of a set. A thousand
 * Services with ten endpoints go in one batch, so that what a batch costs by itself hardly counts.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {Product.COMPILER, Product.COLLECTOR, Product.HEADERS})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Encoding {
  private static final int SERVICES = 1_000;
  private static final int ENDPOINTS = 10;
  private static final int MESSAGES = SERVICES * (1 + ENDPOINTS);
  private static final int ELEMENTS = 3 * SERVICES; // the port in two sets, and the address

  private static final int LEAST_BYTES = 16; // of an element: three headers and an address

  private final AgreeableKernel route = new AgreeableKernel();
  private final AgreeableKernel netfilter = new AgreeableKernel();
  private final AgreeableKernel generic = new AgreeableKernel();

  @SuppressWarnings("NullAway.Init") // by open()
  private KernelDataplane dataplane;

  private ImmutableList<Change> ipvs = ImmutableList.of();
  private ImmutableList<Change> addresses = ImmutableList.of();
  private ImmutableList<Change> elements = ImmutableList.of();
  private int acknowledgedBefore;
  private long messagesWritten;
  private long elementsWritten;

  @Setup(Level.Trial)
  public void open() throws NetlinkException {
    dataplane =
        KernelDataplane.over(
            NetlinkConnection.over(route),
            NetlinkConnection.over(netfilter),
            NetlinkConnection.over(generic),
            new Settings.Masquerade(14, false, new LocalDetector.None()));
    ImmutableList<Change> all = changes(Cluster.uniform(SERVICES, ENDPOINTS));
    ipvs =
        only(
            all, it -> it instanceof Change.AddVirtualServer || it instanceof Change.AddRealServer);
    addresses = only(all, it -> it instanceof Change.BindAddress);
    elements = only(all, it -> it instanceof Change.EditFilter);
    checkState(ipvs.size() == MESSAGES && addresses.size() == SERVICES);
    checkState(((Change.EditFilter) elements.getFirst()).add().size() == ELEMENTS);
    acknowledgedBefore = acknowledged();
  }

  /** The kernel counts, too: to encode nothing would be fast. */
  @TearDown(Level.Trial)
  public void check() {
    int counted = acknowledged() - acknowledgedBefore; // may overflow, as the numbers do
    checkState(counted == (int) messagesWritten, "%s messages of %s", counted, messagesWritten);
    checkState(netfilter.bytes() >= elementsWritten * LEAST_BYTES);
    checkState(messagesWritten + elementsWritten > 0, "nothing was written");
    dataplane.close();
  }

  /** Messages are numbered one by one. */
  private int acknowledged() {
    return generic.acknowledged() + route.acknowledged();
  }

  /** By the batch itself, as the fastest that there is. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public List<Refusal> ipvsMessage() throws NetlinkException {
    IpvsBatch batch = dataplane.ipvs().batch();
    for (Change change : ipvs) {
      switch (change) {
        case Change.AddVirtualServer add -> batch.addVirtualServer(0, add.key(), add.options());
        case Change.AddRealServer add ->
            batch.addRealServer(0, add.key(), add.server(), add.options());
        case Change other -> throw new IllegalStateException(other.toString());
      }
    }
    messagesWritten += MESSAGES;
    return batch.finish();
  }

  /** By the one door, with all that it does for each change. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public ImmutableList<Failure> ipvsChange() {
    messagesWritten += MESSAGES;
    return dataplane.apply(ipvs);
  }

  @Benchmark
  @OperationsPerInvocation(SERVICES)
  public ImmutableList<Failure> addressChange() {
    messagesWritten += SERVICES;
    return dataplane.apply(addresses);
  }

  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public ImmutableList<Failure> filterElement() {
    elementsWritten += ELEMENTS;
    return dataplane.apply(elements);
  }

  private static ImmutableList<Change> only(
      ImmutableList<Change> changes, Predicate<Change> wanted) {
    return changes.stream().filter(wanted).collect(ImmutableList.toImmutableList());
  }

  /** All that has to be written, where none of the pods is on this node. */
  private static ImmutableList<Change> changes(Cluster cluster) {
    var reconciler =
        new Reconciler(new Planner(PlannerSettings.of("rr")), new ReconcilerSettings("elsewhere"));
    cluster.list(reconciler::on);
    reconciler.observe(Emptiness.KERNEL, ImmutableSet.of());
    return reconciler.changes(0);
  }
}
