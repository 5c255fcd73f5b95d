package io.fairlead.ipvs;

import io.fairlead.core.dataplane.RealServer;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import io.fairlead.netlink.Batch;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.netlink.generic.GenericFamily;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes to the kernel's table, many to a send and without an object for any of them. They are done
 * in order; one that fails stops none of the others. A write may be sent at any time until {@link
 * #finish}, which says what became of all of them.
 *
 * <p>Every write carries the caller's tag, from 0 to {@link #MAX_TAG}: a {@link Refusal} has it.
 * Settings that no kernel would take throw {@link IllegalArgumentException} naming the field, and
 * leave the batch as it was.
 */
public final class IpvsBatch {
  private static final int COMMAND_SHIFT = 29; // command numbers are 1 to 7

  /** The highest tag; the bits above it carry the command. */
  public static final int MAX_TAG = (1 << COMMAND_SHIFT) - 1;

  private final Batch batch;
  private final GenericFamily family;

  IpvsBatch(Batch batch, GenericFamily family) {
    this.batch = batch;
    this.family = family;
  }

  public void addVirtualServer(int tag, VirtualServerKey key, VirtualServerOptions options)
      throws NetlinkException {
    VirtualServerWriter.validate(key, options);
    VirtualServerWriter.write(begin(tag, Command.ADD_VIRTUAL_SERVER), key, options);
  }

  /** Replaces all options; connections, real servers and counters stay. */
  public void editVirtualServer(int tag, VirtualServerKey key, VirtualServerOptions options)
      throws NetlinkException {
    VirtualServerWriter.validate(key, options);
    VirtualServerWriter.write(begin(tag, Command.EDIT_VIRTUAL_SERVER), key, options);
  }

  /** Removes a virtual server with its real servers. */
  public void removeVirtualServer(int tag, VirtualServerKey key) throws NetlinkException {
    VirtualServerWriter.writeKey(begin(tag, Command.REMOVE_VIRTUAL_SERVER), key);
  }

  public void addRealServer(
      int tag, VirtualServerKey key, RealServer server, RealServerOptions options)
      throws NetlinkException {
    writeRealServer(begin(tag, Command.ADD_REAL_SERVER), key, server, options);
  }

  /** Replaces all options; connections and counters stay. */
  public void editRealServer(
      int tag, VirtualServerKey key, RealServer server, RealServerOptions options)
      throws NetlinkException {
    writeRealServer(begin(tag, Command.EDIT_REAL_SERVER), key, server, options);
  }

  public void removeRealServer(int tag, VirtualServerKey key, RealServer server)
      throws NetlinkException {
    MessageWriter out = begin(tag, Command.REMOVE_REAL_SERVER);
    VirtualServerWriter.writeKey(out, key);
    RealServerWriter.writeKey(out, server);
  }

  /**
   * Waits until everything is done, and returns what was refused, in order. The batch is then empty
   * and may be used again.
   *
   * @throws NetlinkException if the socket fails; what was sent may or may not have been done
   */
  public List<Refusal> finish() throws NetlinkException {
    List<Batch.Failure> failures = batch.finish();
    var refusals = new ArrayList<Refusal>(failures.size());
    for (Batch.Failure failure : failures) {
      refusals.add(
          Refusal.of(
              failure.tag() & MAX_TAG,
              Command.ofNumber(failure.tag() >>> COMMAND_SHIFT),
              failure.errno(),
              failure.explanation()));
    }
    return refusals;
  }

  private MessageWriter begin(int tag, Command command) throws NetlinkException {
    if (tag < 0 || tag > MAX_TAG) {
      throw new IllegalArgumentException("tag " + tag + " is outside 0.." + MAX_TAG);
    }
    int marked = tag | (command.number() << COMMAND_SHIFT);
    MessageWriter out = batch.next(family.id(), 0, marked);
    return GenericFamily.header(out, command.number(), family.version());
  }

  private static void writeRealServer(
      MessageWriter out, VirtualServerKey key, RealServer server, RealServerOptions options) {
    VirtualServerWriter.writeKey(out, key);
    RealServerWriter.write(out, server, options);
  }
}
