package io.fairlead.core.dataplane;

/** How many connections the kernel keeps for a real server. */
public record Connections(long active, long inactive, long persistent) {
  public static final Connections NONE = new Connections(0, 0, 0);

  /** Whether removing the real server would cut nothing. */
  public boolean isIdle() {
    return active == 0 && inactive == 0;
  }
}
