package io.fairlead.lab.cluster;

import com.google.common.collect.ImmutableList;
import io.fairlead.lab.rig.FairleadProcess;
import io.fairlead.lab.rig.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A Fairlead process on each node. */
final class Fairleads implements AutoCloseable {
  private final ImmutableList<String> flags;
  private final List<FairleadProcess> processes = new ArrayList<>();
  private int down;

  /** How a process is made to end. */
  enum Ending {
    SIGTERM,
    SIGKILL
  }

  private Fairleads(ImmutableList<String> flags) {
    this.flags = flags;
  }

  /** Starts one on each node, one after the other: at once they would only slow each other down. */
  static Fairleads start(List<Node> nodes, String master) throws InterruptedException {
    Fairleads all =
        new Fairleads(ImmutableList.of("--master=" + master, "--cluster-cidr=10.244.0.0/16"));
    for (Node node : nodes) {
      FairleadProcess process = FairleadProcess.startFirst(FairleadProcess.HOME, node, all.flags);
      all.processes.add(process);
      process.awaitFirstSync();
    }
    return all;
  }

  int size() {
    return processes.size();
  }

  /** Ends one, starts it again, and returns how long it took until its node was in sync. */
  Duration restart(int number, Ending ending) throws InterruptedException {
    long began = System.nanoTime();
    FairleadProcess old = processes.get(number);
    count(1);
    try {
      switch (ending) {
        case SIGTERM -> old.terminate();
        case SIGKILL -> old.kill();
      }
      FairleadProcess fresh = FairleadProcess.startFirst(FairleadProcess.HOME, old.node(), flags);
      processes.set(number, fresh);
      fresh.awaitFirstSync();
    } finally {
      count(-1);
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private synchronized void count(int more) {
    down += more;
    notifyAll();
  }

  /** Waits until all are in sync. */
  synchronized void awaitAll() throws InterruptedException {
    while (down > 0) {
      wait();
    }
  }

  /** What they have said. */
  String logs() {
    return processes.stream()
        .map(process -> process.node().name() + ":\n" + process.log())
        .collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    processes.forEach(FairleadProcess::close);
  }
}
