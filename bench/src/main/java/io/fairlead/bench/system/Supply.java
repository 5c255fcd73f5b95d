package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.fairlead.lab.rig.ApiCredentials;
import io.fairlead.lab.rig.ApiObject;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.KubernetesApi;
import io.fairlead.lab.rig.Node;
import io.fairlead.lab.rig.Rig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a process finds a cluster's objects. */
interface Supply extends AutoCloseable {
  /** By which {@code fairlead run} finds it. */
  ImmutableList<String> flags();

  /** What else tells it so. */
  default ImmutableMap<String, String> environment() {
    return ImmutableMap.of();
  }

  /** In words. */
  String description();

  @Override
  void close();

  /** Gets ready with these objects, for the nodes of a rig. */
  @FunctionalInterface
  interface Maker {
    Supply make(Lab lab, Rig rig, Stream<ApiObject> objects);
  }

  /**
   * An API server as clusters have it: over TLS, for those with a token. The process knows it as
   * the DaemonSet's pods do: by {@code --master}, and by a service account's files.
   */
  static Supply api(Lab lab, Rig rig, Stream<ApiObject> objects) {
    Node router = rig.node("router");
    Client host = rig.client("api", router);
    ApiCredentials credentials;
    try {
      credentials = ApiCredentials.make(lab.folder(), host.v4());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    KubernetesApi api = KubernetesApi.start(host, credentials);
    objects.forEach(api::apply);
    return new Supply() {
      @Override
      public ImmutableList<String> flags() {
        return ImmutableList.of("--master=" + api.url());
      }

      @Override
      public ImmutableMap<String, String> environment() {
        // A pod has these files at a place of their own, which is not to be had here.
        return ImmutableMap.of(
            "FAIRLEAD_JAVA_OPTS",
            "-Dkubernetes.auth.tryKubeConfig=false -Dkubernetes.certs.ca.file=%s"
                    .formatted(credentials.authority())
                + " -Dkubernetes.auth.serviceAccount.token="
                + credentials.token());
      }

      @Override
      public String description() {
        return "from an API server over TLS";
      }

      @Override
      public void close() {
        api.close();
      }
    };
  }

  /** A folder of JSON files, each a List. */
  static Supply folder(Lab lab, Rig rig, Stream<ApiObject> objects) {
    Path folder = lab.file("manifests");
    int each = 500;
    try {
      Files.createDirectories(folder);
      List<ApiObject> all = objects.toList();
      for (int from = 0; from < all.size(); from += each) {
        List<ApiObject> some = all.subList(from, Math.min(all.size(), from + each));
        try (Writer out = Files.newBufferedWriter(folder.resolve("objects-" + from + ".json"))) {
          out.write("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
          out.write(some.stream().map(it -> it.json(1)).collect(Collectors.joining(",")));
          out.write("]}");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Supply() {
      @Override
      public ImmutableList<String> flags() {
        return ImmutableList.of("--manifests=" + folder);
      }

      @Override
      public String description() {
        return "from a folder of JSON files";
      }

      @Override
      public void close() {
        try (Stream<Path> files = Files.list(folder)) {
          files.forEach(file -> file.toFile().delete());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
