package io.fairlead.netlink.jna;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.fairlead.netlink.MalformedNetlinkException;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.NetlinkConnection;
import io.fairlead.netlink.NetlinkException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses come and go on lo of a namespace of the test's own (which takes root). */
class NetlinkSubscriptionTest {
  private static final int RTNLGRP_IPV4_IFADDR = 5;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private PrivateNamespace net;
  private NetlinkOptions options;

  @BeforeEach
  void open() throws Exception {
    net = PrivateNamespace.create();
    options = NetlinkOptions.DEFAULT.in(net.namespace());
  }

  @AfterEach
  void close() {
    net.close();
  }

  @Test
  void hearsAnAddressAndStopsWhenClosed() throws Exception {
    Thread listener;
    try (NetlinkSubscription addresses = subscribe(options);
        Loopback lo = new Loopback(options)) {
      listener = listen(addresses, message -> heard.add("type " + message.type()));
      lo.addAddress(1);
      assertEquals("type " + Loopback.RTM_NEWADDR, heard.poll(5, SECONDS));
    }
    assertTrue(listener.join(Duration.ofSeconds(5)), "close wakes the listener");
    assertEquals("end", heard.poll());
  }

  @Test
  void saysThatMessagesWereLost() throws Exception {
    try (NetlinkSubscription addresses = subscribe(options.withReceiveBuffer(1));
        Loopback lo = new Loopback(options)) {
      lo.addAddresses(1, 100);
      listen(addresses, message -> {});
      assertEquals("lost", heard.poll(5, SECONDS));
    }
  }

  @Test
  void aMessageThatMakesNoSenseIsEbadmsgAndListeningCanGoOn() throws Exception {
    try (NetlinkSubscription addresses = subscribe(options);
        Loopback lo = new Loopback(options)) {
      listen(
          addresses,
          message -> {
            throw new MalformedNetlinkException("nonsense");
          });
      lo.addAddress(1);
      assertEquals("listen: EBADMSG (nonsense)", heard.poll(5, SECONDS));
      assertNotNull(heard.poll(5, SECONDS));
      listen(addresses, message -> heard.add("heard"));
      lo.addAddress(2);
      assertEquals("heard", heard.poll(5, SECONDS));
    }
  }

  private static NetlinkSubscription subscribe(NetlinkOptions options) throws NetlinkException {
    return NetlinkSubscription.open(NetlinkConnection.ROUTE, options, RTNLGRP_IPV4_IFADDR);
  }

  private Thread listen(NetlinkSubscription subscription, Consumer<Message> messages) {
    return Thread.ofPlatform().daemon().start(() -> run(subscription, messages));
  }

  private void run(NetlinkSubscription subscription, Consumer<Message> messages) {
    try {
      subscription.run(
          new NetlinkSubscription.Listener() {
            @Override
            public void heard(Message message) {
              messages.accept(message);
            }

            @Override
            public void lost() {
              heard.add("lost");
            }
          });
    } catch (NetlinkException e) {
      heard.add(String.valueOf(e.getMessage()));
    }
    heard.add("end");
  }
}
