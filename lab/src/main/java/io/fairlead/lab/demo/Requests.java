package io.fairlead.lab.demo;

import com.google.common.collect.ImmutableSortedMultiset;
import com.google.common.collect.Multiset;
import com.google.common.collect.TreeMultiset;
import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.rig.Client;
import io.fairlead.lab.rig.Outcome;
import io.fairlead.lab.rig.Outcome.Answer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** The client's requests, each over a connection of its own, counted by who answered. */
final class Requests {
  private static final Duration PAUSE = Duration.ofMillis(30);

  private final Client client;
  private final IpAddress vip;
  private final int port;
  private long total;
  private long failed;

  Requests(Client client, IpAddress vip, int port) {
    this.client = client;
    this.vip = vip;
    this.port = port;
  }

  /** One request: the pod that answered, or what went wrong. */
  String one() {
    Outcome outcome = client.tcp(vip, port);
    count(outcome);
    return outcome.answeredBy().orElse("FAILED: " + outcome);
  }

  /** So many, one after the other. */
  Multiset<String> several(int number) {
    Multiset<String> answers = TreeMultiset.create();
    for (int i = 0; i < number; i++) {
      answers.add(one());
    }
    return answers;
  }

  /** Starts asking, thirty times a second: the emulated processor has other things to do, too. */
  Running keepAsking() {
    Running running = new Running();
    running.thread.start();
    return running;
  }

  private synchronized void count(Outcome outcome) {
    total++;
    if (!(outcome instanceof Answer)) {
      failed++;
    }
  }

  synchronized long total() {
    return total;
  }

  synchronized long failed() {
    return failed;
  }

  /** As {@code web-1 4, web-2 4}. */
  static String text(Multiset<String> answers) {
    return answers.entrySet().stream()
        .map(entry -> entry.getElement() + " " + entry.getCount())
        .collect(Collectors.joining(", "));
  }

  /** Requests that go on until told to stop. */
  final class Running {
    private final Multiset<String> answers = TreeMultiset.create();
    private final Thread thread =
        Thread.ofPlatform().daemon().name("requests").unstarted(this::run);
    private volatile boolean stopped;

    private void run() {
      while (!stopped) {
        LockSupport.parkNanos(PAUSE.toNanos());
        String answer = one();
        synchronized (answers) {
          answers.add(answer);
          answers.notifyAll();
        }
      }
    }

    /** Waits until so many more have come back. */
    void awaitMore(int number) throws InterruptedException {
      synchronized (answers) {
        int enough = answers.size() + number;
        while (answers.size() < enough) {
          answers.wait();
        }
      }
    }

    /** Ends it, and returns all answers. */
    Multiset<String> stop() throws InterruptedException {
      stopped = true;
      thread.join();
      return ImmutableSortedMultiset.copyOf(answers);
    }
  }
}
