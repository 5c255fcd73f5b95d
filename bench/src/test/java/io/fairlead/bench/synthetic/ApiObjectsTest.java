package io.fairlead.bench.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ClusterEvent;
import io.fairlead.core.cluster.EndpointSlice;
import io.fairlead.core.cluster.Service;
import io.fairlead.lab.rig.ApiObject;
import io.fairlead.lab.synthetic.ApiObjects;
import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.proxier.source.decode.Decoded;
import io.fairlead.proxier.source.decode.ObjectDecoder;
import io.fairlead.proxier.source.decode.ObjectKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whatever is generated, a proxy reads the same from an API server as from the generator. */
class ApiObjectsTest {
  private static final JsonFactory JSON = new JsonFactory();
  private static final long VERSION = 17;

  private final Cluster cluster = Cluster.realistic(2_000, 1);

  @Test
  void aServiceIsDecodedToWhatItWas() {
    cluster
        .numbers()
        .mapToObj(cluster::service)
        .forEach(service ->
            assertEquals(
                new ClusterEvent.ServiceApplied(service),
                decoded(ObjectKind.SERVICE, ApiObjects.of(service))));
  }

  @Test
  void anEndpointSliceIsDecodedToWhatItWas() {
    cluster
        .numbers()
        .mapToObj(cluster::slices)
        .flatMap(List::stream)
        .forEach(slice ->
            assertEquals(
                new ClusterEvent.SliceApplied(slice),
                decoded(ObjectKind.ENDPOINT_SLICE, ApiObjects.of(slice))));
  }

  @Test
  void aNodeIsDecodedToWhatItWas() {
    for (int number = 0; number < Cluster.NODES; number++) {
      assertEquals(
          new ClusterEvent.NodeApplied(cluster.node(number)),
          decoded(ObjectKind.NODE, ApiObjects.of(cluster.node(number))));
    }
  }

  @Test
  void objectsAreOfTheSizeThatAnApiServerSends() {
    Service service = cluster.service(0);
    EndpointSlice slice = Cluster.uniform(1, 10).slices(0).getFirst();

    int ofService = ApiObjects.of(service).json(VERSION).length();
    int ofSlice = ApiObjects.of(slice).json(VERSION).length();
    assertTrue(ofService > 1_000 && ofService < 2_500, ofService + " characters");
    assertTrue(ofSlice > 3_000 && ofSlice < 6_000, ofSlice + " characters");
  }

  @Test
  void aClusterHasAllItsObjects() {
    Cluster small = Cluster.realistic(100, 1);
    long slices = small.numbers().mapToObj(small::slices).mapToLong(List::size).sum();

    assertEquals(100 + slices + 1, ApiObjects.of(small).count());
  }

  private static ClusterEvent decoded(ObjectKind kind, ApiObject object) {
    List<Decoded> objects = new ArrayList<>();
    try (JsonParser in = JSON.createParser(object.json(VERSION))) {
      in.nextToken();
      var _ =
          ObjectDecoder.ofResource(kind)
              .objects(in, objects::add, problem -> fail(problem.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Decoded only = objects.getFirst();
    assertEquals(1, objects.size());
    assertEquals(ImmutableList.of(), only.problems());
    assertEquals(Long.toString(VERSION), only.resourceVersion());
    return only.applied().orElseThrow();
  }
}
