package io.fairlead.proxier.observe;

import com.google.common.collect.ImmutableList;
import io.fairlead.proxier.source.Source;
import io.fairlead.proxier.source.SourceStatus;

/** A source that reports nothing and always stands the same. */
record StillSource(ImmutableList<SourceStatus> status) implements Source {
  @Override
  public void start(Listener listener) {}

  @Override
  public String description() {
    return "a source that stands still";
  }

  @Override
  public void close() {}
}
