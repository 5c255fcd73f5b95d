package io.fairlead.core.dataplane;

import org.jspecify.annotations.Nullable;

/**
 * What can change in place about a virtual server.
 *
 * @param scheduler the kernel's name, such as {@code rr}
 * @param flags {@link #PERSISTENT} and scheduler flags; the kernel's own HASHED flag is left out
 * @param persistenceSeconds how long a client stays with a real server; 0 unless PERSISTENT
 * @param persistencePrefix how many bits of the client's address count: 32 or 128 for one client
 */
public record VirtualServerOptions(
    String scheduler, int flags, int persistenceSeconds, int persistencePrefix) {
  /** IP_VS_SVC_F_PERSISTENT. */
  public static final int PERSISTENT = 0x1;

  /** IP_VS_SVC_F_HASHED: set by the kernel on every service it holds, never by a caller. */
  public static final int HASHED = 0x2;

  /** IP_VS_SVC_F_ONEPACKET: schedules each UDP packet by itself. */
  public static final int ONE_PACKET = 0x4;

  /** IP_VS_SVC_F_SCHED1: {@code sh-fallback} or {@code mh-fallback}. */
  public static final int SCHEDULER_FLAG_1 = 0x8;

  /** IP_VS_SVC_F_SCHED2: {@code sh-port} or {@code mh-port}. */
  public static final int SCHEDULER_FLAG_2 = 0x10;

  /** IP_VS_SVC_F_SCHED3. */
  public static final int SCHEDULER_FLAG_3 = 0x20;

  public VirtualServerOptions {
    flags &= ~HASHED;
    if (persistenceSeconds < 0) {
      throw new IllegalArgumentException("persistence " + persistenceSeconds + " s is negative");
    }
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (31 * scheduler.hashCode() + flags) + persistenceSeconds) + persistencePrefix;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof VirtualServerOptions it
            && flags == it.flags
            && persistenceSeconds == it.persistenceSeconds
            && persistencePrefix == it.persistencePrefix
            && scheduler.equals(it.scheduler));
  }

  public boolean isPersistent() {
    return (flags & PERSISTENT) != 0;
  }
}
