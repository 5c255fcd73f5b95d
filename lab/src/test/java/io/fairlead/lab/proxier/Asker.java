package io.fairlead.lab.proxier;

import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.Host;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Outcome.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks again and again, a new connection each time, and remembers what failed. */
final class Asker {
  private final AtomicInteger asked = new AtomicInteger();
  private final List<Outcome> failed = new ArrayList<>(); // only the thread's until it has ended
  private final Thread thread;
  private volatile boolean stopped;

  Asker(Host from, IpAddress vip, int port) {
    thread =
        Thread.ofPlatform()
            .start(() -> {
              while (!stopped) {
                Outcome outcome = from.tcp(vip, port);
                if (!(outcome instanceof Answer)) {
                  failed.add(outcome);
                }
                asked.incrementAndGet();
              }
            });
  }

  /** Waits until so many more requests have ended. */
  void awaitMore(int requests) throws InterruptedException {
    int target = asked.get() + requests;
    while (asked.get() < target) {
      Thread.sleep(5);
    }
  }

  /** Stops, and returns the failed requests. */
  List<Outcome> stop() throws InterruptedException {
    stopped = true;
    thread.join();
    return failed;
  }
}
