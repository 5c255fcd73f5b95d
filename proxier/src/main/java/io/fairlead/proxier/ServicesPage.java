package io.fairlead.proxier;

import com.google.common.collect.ImmutableSortedMap;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.proxier.observe.Page;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * {@code /services}: the Service that each virtual server is for, which the kernel does not know. A
 * line each: {@code TCP 10.96.0.10:53}, a tab, {@code kube-system/kube-dns}. {@code fairlead
 * status} reads it.
 *
 * @param owners asks the loop, which answers between two passes
 * @param patience how long to wait for that; 503 if it takes longer
 */
record ServicesPage(
    Supplier<CompletableFuture<? extends Map<VirtualServerKey, ObjectName>>> owners,
    Duration patience)
    implements Page {
  @Override
  public Answer get(String accept) {
    try {
      return Answer.text(200, lines(owners.get().get(patience.toNanos(), TimeUnit.NANOSECONDS)));
    } catch (TimeoutException e) {
      return Answer.text(503, "a pass has been under way for " + patience.toSeconds() + " s\n");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the loop could not answer", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.text(503, "stopping\n");
    }
  }

  private static String lines(Map<VirtualServerKey, ObjectName> owners) {
    StringBuilder lines = new StringBuilder();
    ImmutableSortedMap.copyOf(owners)
        .forEach((key, service) -> lines.append(key).append('\t').append(service).append('\n'));
    return lines.toString();
  }
}
