package io.fairlead.bench.code;

import static com.google.common.base.Preconditions.checkState;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.lab.synthetic.ApiObjects;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.proxier.source.decode.Decoded;
import io.fairlead.proxier.source.decode.ObjectDecoder;
import io.fairlead.proxier.source.decode.ObjectKind;
import java.io.IOException;
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

/** An object of the API server, from bytes to what a proxy keeps; beside a tree of all of it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 3,
    jvmArgsAppend = {Product.COMPILER, Product.COLLECTOR, Product.HEADERS})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Decoding {
  private static final int ENDPOINTS = 10;

  /** Which object. */
  public enum Kind {
    SERVICE,
    SLICE_OF_10
  }

  @Param public Kind object = Kind.SERVICE;

  private final JsonFactory json = new JsonFactory();
  private final ObjectMapper mapper = new ObjectMapper(json);
  private ObjectDecoder decoder = ObjectDecoder.ofManifests();
  private byte[] bytes = {};
  private Optional<ClusterEvent> expected = Optional.empty();
  private Optional<ClusterEvent> last = Optional.empty();

  @Setup(Level.Trial)
  public void generate() {
    Cluster cluster = Cluster.uniform(1, ENDPOINTS);
    switch (object) {
      case SERVICE -> {
        decoder = ObjectDecoder.ofResource(ObjectKind.SERVICE);
        bytes = ApiObjects.of(cluster.service(0)).json(1).getBytes(UTF_8);
        expected = Optional.of(new ClusterEvent.ServiceApplied(cluster.service(0)));
      }
      case SLICE_OF_10 -> {
        decoder = ObjectDecoder.ofResource(ObjectKind.ENDPOINT_SLICE);
        bytes = ApiObjects.of(cluster.slices(0).getFirst()).json(1).getBytes(UTF_8);
        expected = Optional.of(new ClusterEvent.SliceApplied(cluster.slices(0).getFirst()));
      }
    }
    last = expected; // for the peer, which decodes nothing
  }

  @TearDown(Level.Trial)
  public void check() {
    checkState(last.isPresent() && last.equals(expected), "%s was decoded to %s", expected, last);
  }

  @Benchmark
  public Optional<ClusterEvent> decode() throws IOException {
    try (JsonParser in = json.createParser(bytes)) {
      in.nextToken();
      last = Optional.empty();
      var _ = decoder.objects(in, this::take, problem -> checkState(false, "%s", problem));
    }
    return last;
  }

  /** The peer: what it takes to have all fields, before any is looked at. */
  @Benchmark
  public JsonNode tree() throws IOException {
    return mapper.readTree(bytes);
  }

  private void take(Decoded decoded) {
    last = decoded.applied();
  }
}
