package io.fairlead.netlink.jna;

import static java.util.Objects.requireNonNull;

import io.fairlead.netlink.NetlinkException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A platform thread that moves to another network namespace, does one thing, and ends. setns(2)
 * moves a thread, never the process; a thread that nobody uses afterwards needs no way back.
 */
final class NamespaceThread {
  static final int CLONE_NEWNET = 0x40000000;
  static final int O_RDONLY = 0;
  static final int O_CLOEXEC = 0x80000;

  private NamespaceThread() {}

  /** How the thread gets into its namespace. */
  @FunctionalInterface
  interface Entry {
    void enter() throws NetlinkException;
  }

  static <T, E extends Exception> T call(Entry entry, NetworkNamespace.Task<T, E> task)
      throws E, NetlinkException {
    Callable<T> whole =
        () -> {
          entry.enter();
          return task.run();
        };
    FutureTask<T> future = new FutureTask<>(whole);
    Thread.ofPlatform().name("netns").start(future);
    return join(future);
  }

  /** Waits for the thread, even if interrupted: what it opened must not be left behind. */
  private static <T, E extends Exception> T join(FutureTask<T> future) throws E {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get();
        } catch (InterruptedException _) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw NamespaceThread.<E>rethrown(requireNonNull(e.getCause()));
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Throws what the task threw: E, or something unchecked. The cast checks nothing, and it must
   * stand here: beside a caller's narrower type, an Error would fail it.
   */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException rethrown(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
