package io.fairlead.bench.code;

import static com.google.common.base.Preconditions.checkState;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.cluster.Locality;
import io.fairlead.core.cluster.Service;
import io.fairlead.core.endpoints.ServiceEndpoints;
import io.fairlead.core.plan.Marks;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.plan.PortName;
import io.fairlead.core.plan.ServicePlan;
import io.fairlead.core.plan.Surroundings;
import io.fairlead.lab.synthetic.Cluster;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** What one Service needs in the kernel: the mean of a thousand. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {Product.COMPILER, Product.COLLECTOR, Product.HEADERS})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Planning {
  private static final int SERVICES = 1_000;
  private static final int ENDPOINTS = 10;
  private static final long SEED = 1;

  /** What the Services are like. */
  public enum Kind {
    UNIFORM,
    REALISTIC
  }

  @Param public Kind cluster = Kind.UNIFORM;

  private record Input(
      Service service, ServiceEndpoints endpoints, ImmutableMap<PortName, Integer> marks) {}

  private final Planner planner = new Planner(PlannerSettings.of("rr"));
  private final Surroundings around =
      Surroundings.of(new Locality(Cluster.nodeName(0), Optional.of("zone-0")));
  private ImmutableList<Input> inputs = ImmutableList.of();
  private long rounds;
  private long realServers;
  private long realServersOfARound;

  @Setup(Level.Trial)
  public void generate() {
    Cluster source =
        switch (cluster) {
          case UNIFORM -> Cluster.uniform(SERVICES, ENDPOINTS);
          case REALISTIC -> Cluster.realistic(SERVICES, SEED);
        };
    Marks marks = new Marks(planner.settings().marks());
    inputs =
        source
            .numbers()
            .mapToObj(number -> input(source, number, marks))
            .collect(ImmutableList.toImmutableList());
    realServersOfARound = inputs.stream().map(this::plan).mapToLong(Planning::realServers).sum();
    checkState(cluster != Kind.UNIFORM || realServersOfARound == SERVICES * ENDPOINTS);
  }

  @TearDown(Level.Trial)
  public void check() {
    checkState(rounds > 0 && realServers == rounds * realServersOfARound, "plans differ");
  }

  @Benchmark
  @OperationsPerInvocation(SERVICES)
  public void plan(Blackhole sink) {
    for (Input input : inputs) {
      ServicePlan plan = plan(input);
      realServers += realServers(plan);
      sink.consume(plan);
    }
    rounds++;
  }

  private ServicePlan plan(Input input) {
    return planner.plan(input.service, input.endpoints, around, input.marks);
  }

  private Input input(Cluster source, int number, Marks marks) {
    Service service = source.service(number);
    return new Input(
        service,
        ServiceEndpoints.merge(source.slices(number)),
        marks.assign(service.name(), planner.split(service, around)));
  }

  private static long realServers(ServicePlan plan) {
    long sum = 0;
    for (int i = 0; i < plan.frontends().size(); i++) {
      sum += plan.frontends().get(i).server().realServers().size();
    }
    return sum;
  }
}
