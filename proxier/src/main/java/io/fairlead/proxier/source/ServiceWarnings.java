package io.fairlead.proxier.source;

import io.fairlead.core.cluster.ObjectName;

/** The way to those who look after a Service. */
@FunctionalInterface
public interface ServiceWarnings {
  /**
   * Tells what is wrong with a Service, from any thread and without waiting. Beyond a few a minute
   * it is left out.
   *
   * @param reason one word in CamelCase, for machines
   * @param note a sentence, for people
   */
  void warn(ObjectName service, String reason, String note);
}
