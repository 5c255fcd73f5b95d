package io.fairlead.netlink;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Whose answer is whose: maps the sequence numbers of one send to the caller's tags, and collects
 * what failed over all sends of a batch.
 */
final class Failures {
  private static final String LOST = "the answer was lost, the request may or may not be done";

  private int[] tags = new int[256];
  private int first;
  private int count;
  private int settled; // failures of earlier sends, which are complete
  private final List<Numbered> failed = new ArrayList<>();

  private record Numbered(int index, Batch.Failure failure) {}

  /** Starts a send whose first request will have this sequence number. */
  void startSend(int firstSequence) {
    first = firstSequence;
    count = 0;
    settled = failed.size();
  }

  /** Notes the next request's tag. */
  void add(int tag) {
    if (count == tags.length) {
      tags = Arrays.copyOf(tags, count * 2);
    }
    tags[count++] = tag;
  }

  /** Requests in this send. */
  int count() {
    return count;
  }

  /** Whether any request of this send is known to have failed. */
  boolean any() {
    return failed.size() > settled;
  }

  /** Notes a failure; sequence numbers that are not of this send are stale and ignored. */
  void fail(int sequence, NetlinkError error) {
    int index = sequence - first;
    if (index >= 0 && index < count) {
      failed.add(
          new Numbered(index, new Batch.Failure(tags[index], error.errno(), error.explanation())));
    }
  }

  /** Answers of this send were dropped: whatever is not known to have failed is unknown. */
  void loseTheRest() {
    boolean[] known = new boolean[count];
    for (Numbered failure : failed.subList(settled, failed.size())) {
      known[failure.index()] = true;
    }
    for (int i = 0; i < count; i++) {
      if (!known[i]) {
        failed.add(new Numbered(i, new Batch.Failure(tags[i], Errno.ENOBUFS, LOST)));
      }
    }
    failed.subList(settled, failed.size()).sort(Comparator.comparingInt(Numbered::index));
  }

  /** All failures so far, which are then forgotten. */
  List<Batch.Failure> take() {
    List<Batch.Failure> all = failed.stream().map(Numbered::failure).toList();
    failed.clear();
    return all;
  }
}
