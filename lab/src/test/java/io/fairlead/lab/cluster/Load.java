package io.fairlead.lab.cluster;

import io.fairlead.core.net.IpAddress;
import io.fairlead.lab.cluster.User.Manner;
import io.fairlead.lab.cluster.User.Witness;
import io.fairlead.lab.rig.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Users on many hosts at work, each a thread in its host's network namespace. */
final class Load implements AutoCloseable {
  private final Tally tally = new Tally();
  private final List<User> users = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Adds a user, who begins at once. */
  void add(Host host, Manner manner, IpAddress vip, List<IpAddress> from, Witness witness) {
    host.namespace()
        .call(() -> {
          List<InetAddress> addresses = new ArrayList<>();
          for (IpAddress address : from) {
            addresses.add(inet(address));
          }
          User user =
              new User(
                  manner,
                  new InetSocketAddress(inet(vip), WebService.PORT),
                  addresses,
                  witness,
                  tally);
          users.add(user);
          // A thread is born in the namespace of the one that starts it.
          return threads.add(
              Thread.ofPlatform().daemon().name("user of " + host.name()).start(user));
        });
  }

  private static InetAddress inet(IpAddress address) throws UnknownHostException {
    return InetAddress.getByAddress(address.toBytes());
  }

  /** Waits until everybody has the answer that he waits for, and has gone home. */
  Tally.Figures stop() throws InterruptedException {
    close();
    for (Thread thread : threads) {
      thread.join();
    }
    return tally.figures();
  }

  @Override
  public void close() {
    users.forEach(User::stop);
  }
}
