package io.fairlead.netlink.nftables;

import io.fairlead.netlink.Batch;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A transaction that goes nowhere: what was written into it can be read again. */
final class RecordingBatch implements Batch {
  private final ByteBuffer buffer = ByteBuffer.allocate(4 << 20).order(ByteOrder.nativeOrder());
  private final MessageWriter writer = new MessageWriter(buffer);
  private List<Failure> answer = List.of();

  /** Makes the next {@link #finish} fail. */
  void refuse(List<Failure> failures) {
    answer = failures;
  }

  @Override
  public MessageWriter next(int type, int flags, int tag) {
    return next(type, flags, tag, MAX_MESSAGE);
  }

  @Override
  public MessageWriter next(int type, int flags, int tag, int room) {
    end();
    return writer.begin(type, flags, tag);
  }

  @Override
  public List<Failure> finish() {
    end();
    return answer;
  }

  /** The messages, the two that bound the transaction included. */
  List<Message> messages() {
    List<Message> messages = new ArrayList<>();
    for (int at = 0; at < writer.length(); at = messages.getLast().next()) {
      messages.add(new Message(buffer, at, writer.length()));
    }
    return messages;
  }

  /** Forgets what was written. */
  void clear() {
    writer.clear();
  }

  private void end() {
    if (writer.isOpen()) {
      writer.end();
    }
  }
}
