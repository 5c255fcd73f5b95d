package io.fairlead.bench.system;

import io.fairlead.lab.synthetic.Cluster;
import io.fairlead.lab.synthetic.Shape;
import java.util.Locale;

/** Clusters in words. */
final class Text {
  private Text() {}

  static String of(Cluster cluster) {
    return switch (cluster.shape()) {
      case Shape.Uniform(int services, int endpoints) ->
          String.format(Locale.ROOT, "%,d Services × %d", services, endpoints);
      case Shape.Realistic(int services, long _) ->
          String.format(Locale.ROOT, "%,d realistic Services", services);
    };
  }
}
