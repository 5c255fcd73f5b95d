package io.fairlead.core.plan;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import io.fairlead.core.dataplane.VirtualServerOptions;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The scheduler of one Service, and its flags.
 *
 * @param name the kernel's name, such as {@code rr}
 * @param flags IP_VS_SVC_F_SCHED1 to 3
 */
record SchedulerChoice(String name, int flags) {
  static final String SCHEDULER = "fairlead.io/scheduler";
  static final String FLAGS = "fairlead.io/scheduler-flags";
  private static final String ROUTER_SCHEDULER = "kube-router.io/service.scheduler";
  private static final String ROUTER_FLAGS = "kube-router.io/service.schedflags";

  // IP_VS_SCHEDNAME_MAXLEN is 16, with the NUL at the end.
  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]{1,15}");

  /** As {@code ipvsadm -b} takes them, and with the bits' own numbers. */
  private static final ImmutableMap<String, Integer> NAMED =
      ImmutableMap.<String, Integer>builder()
          .put("flag-1", VirtualServerOptions.SCHEDULER_FLAG_1)
          .put("flag-2", VirtualServerOptions.SCHEDULER_FLAG_2)
          .put("flag-3", VirtualServerOptions.SCHEDULER_FLAG_3)
          .put("sh-fallback", VirtualServerOptions.SCHEDULER_FLAG_1)
          .put("sh-port", VirtualServerOptions.SCHEDULER_FLAG_2)
          .put("mh-fallback", VirtualServerOptions.SCHEDULER_FLAG_1)
          .put("mh-port", VirtualServerOptions.SCHEDULER_FLAG_2)
          .buildOrThrow();

  /**
   * A scheduler with the flags it should have. {@code mh} hashes the client's port as well as its
   * address, as in kube-proxy ({@code mh-port}). Unlike there, {@code mh} and {@code sh} fall back
   * to another real server where the chosen one is draining; without it they refuse its share of
   * new flows (kubernetes#121590).
   */
  static SchedulerChoice of(String name) {
    return new SchedulerChoice(
        name,
        switch (name) {
          case "mh" ->
              VirtualServerOptions.SCHEDULER_FLAG_1 | VirtualServerOptions.SCHEDULER_FLAG_2;
          case "sh" -> VirtualServerOptions.SCHEDULER_FLAG_1;
          default -> 0;
        });
  }

  /** Keeps a client at a server by its address alone. */
  static SchedulerChoice byClient() {
    return new SchedulerChoice("mh", VirtualServerOptions.SCHEDULER_FLAG_1);
  }

  /**
   * What a Service's annotations ask for. Those of Fairlead come before those of kube-router.
   *
   * @param otherwise the scheduler of Services that name none
   * @param problem is told what is wrong with an annotation, which is then as if it were absent
   */
  static SchedulerChoice of(
      Map<String, String> annotations, String otherwise, Consumer<String> problem) {
    if (annotations.isEmpty()) {
      return of(otherwise);
    }
    SchedulerChoice choice =
        of(
            first(annotations, SCHEDULER, ROUTER_SCHEDULER)
                .flatMap(it -> name(it, problem))
                .orElse(otherwise));
    return first(annotations, FLAGS, ROUTER_FLAGS)
        .flatMap(it -> flags(it, problem))
        .map(flags -> new SchedulerChoice(choice.name, flags))
        .orElse(choice);
  }

  private static Optional<Map.Entry<String, String>> first(
      Map<String, String> annotations, String... keys) {
    for (String key : keys) {
      String value = annotations.getOrDefault(key, "");
      if (!value.isBlank()) {
        return Optional.of(Map.entry(key, value.strip()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> name(
      Map.Entry<String, String> annotation, Consumer<String> problem) {
    if (NAME.matcher(annotation.getValue()).matches()) {
      return Optional.of(annotation.getValue());
    }
    problem.accept(
        "annotation %s=\"%s\" is not a scheduler's name, such as rr or mh; it is ignored"
            .formatted(annotation.getKey(), annotation.getValue()));
    return Optional.empty();
  }

  private static Optional<Integer> flags(
      Map.Entry<String, String> annotation, Consumer<String> problem) {
    int flags = 0;
    Splitter words = Splitter.on(',').trimResults().omitEmptyStrings();
    for (String word : words.split(annotation.getValue())) {
      Integer flag = NAMED.get(word);
      if (flag == null) {
        problem.accept(
            "annotation %s: \"%s\" is none of %s; it is ignored"
                .formatted(annotation.getKey(), word, String.join(", ", NAMED.keySet())));
        return Optional.empty();
      }
      flags |= flag;
    }
    return Optional.of(flags);
  }
}
