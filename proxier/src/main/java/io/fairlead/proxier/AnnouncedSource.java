package io.fairlead.proxier;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.SourceStatus;
import io.fairlead.proxier.source.kubernetes.EventRecorder;

/**
 * A source of a cluster whose users see, as Events, when the proxy of a node started and what is
 * wrong with their Services. An Event that cannot be posted is logged, and holds nothing up.
 */
record AnnouncedSource(Source source, EventRecorder recorder) implements Source {
  @Override
  public void start(Listener listener) {
    recorder.starting();
    source.start(listener);
  }

  @Override
  public String description() {
    return source.description();
  }

  @Override
  public ImmutableList<SourceStatus> status() {
    return source.status();
  }

  @Override
  public void warn(ObjectName service, String reason, String note) {
    recorder.service(service, EventRecorder.Severity.WARNING, reason, "Sync", note);
  }

  /** The recorder goes first: it posts through the source's connection. */
  @Override
  public void close() {
    recorder.close();
    source.close();
  }
}
