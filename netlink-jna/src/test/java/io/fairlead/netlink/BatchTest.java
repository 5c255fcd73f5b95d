package io.fairlead.netlink;

import static io.fairlead.netlink.FakeKernel.ack;
import static io.fairlead.netlink.FakeKernel.bytes;
import static io.fairlead.netlink.FakeKernel.error;
import static io.fairlead.netlink.FakeKernel.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.fairlead.netlink.FakeKernel.Reply;
import io.fairlead.netlink.FakeKernel.Request;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Many requests at once, and one datagram that is done together or not at all. */
class BatchTest {
  private static final int TYPE = 0x20;
  private static final int REFUSED = 0x21; // a type that the fake kernel refuses
  private static final int NLM_F_ACK = 4;

  @Test
  void onlyTheLastOfASendAsksForAnAck() throws Exception {
    FakeKernel kernel = new FakeKernel(16 << 10, 3, BatchTest::answer);
    assertEquals(List.of(), send(kernel, TYPE, TYPE, TYPE, TYPE, TYPE));
    assertEquals("[[1, 1, 5], [1, 5]]", flags(kernel));
  }

  @Test
  void failuresComeBackWithTheirTagsAndStopNothing() throws Exception {
    FakeKernel kernel = new FakeKernel(16 << 10, 3, BatchTest::answer);
    assertEquals(
        List.of("101 EPERM no", "102 EPERM no", "105 EPERM no"),
        send(kernel, TYPE, REFUSED, REFUSED, TYPE, TYPE, REFUSED));
  }

  @Test
  void aFullBufferIsSentBeforeTheNextRequestIsWritten() throws Exception {
    FakeKernel kernel = new FakeKernel(Batch.MAX_MESSAGE + 100, 1000, BatchTest::answer);
    Batch batch = NetlinkConnection.over(kernel).batch();
    for (int i = 0; i < 3; i++) {
      batch.next(TYPE, 0, i).bytes(1, new byte[4000]);
    }
    assertEquals(List.of(), batch.finish());
    assertEquals("[[5], [5], [5]]", flags(kernel));
  }

  @Test
  void anEmptyBatchSendsNothing() throws Exception {
    FakeKernel kernel = new FakeKernel(BatchTest::answer);
    assertEquals(List.of(), send(kernel));
    assertEquals(List.of(), kernel.sent());
  }

  @Test
  void aFinishedBatchCanBeUsedAgain() throws Exception {
    Batch batch = NetlinkConnection.over(new FakeKernel(BatchTest::answer)).batch();
    batch.next(REFUSED, 0, 1);
    assertEquals(1, batch.finish().size());
    batch.next(TYPE, 0, 2);
    assertEquals(List.of(), batch.finish());
  }

  /** A batch that remembered its old numbers would take these failures for stale ones. */
  @Test
  void otherRequestsMayComeBetweenTwoUsesOfABatch() throws Exception {
    FakeKernel kernel = new FakeKernel(BatchTest::answer);
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    Batch batch = connection.batch();
    batch.next(REFUSED, 0, 1);
    assertEquals(1, batch.finish().size());
    connection.request(TYPE, 0);
    connection.execute("op");
    connection.request(TYPE, 0);
    assertEquals(List.of(), batch.finish(), "a request is not the batch's to send");
    connection.execute("op");
    batch.next(REFUSED, 0, 2);
    assertEquals(List.of("2 EPERM no"), texts(batch.finish()));
    assertEquals("[[5], [5], [5], [5]]", flags(kernel));
  }

  @Test
  void aRequestThatItsWriterTookBackIsNotSent() throws Exception {
    FakeKernel kernel = new FakeKernel(BatchTest::answer);
    Batch batch = NetlinkConnection.over(kernel).batch();
    batch.next(TYPE, 0, 1);
    batch.next(TYPE, 0, 2).put32(0).abandon();
    batch.next(REFUSED, 0, 3);
    assertEquals(3, batch.finish().getFirst().tag());
    assertEquals("[[1, 5]]", flags(kernel));
  }

  @Test
  void afterAnOverflowWhatIsNotKnownToHaveFailedIsUnknown() throws Exception {
    FakeKernel kernel =
        new FakeKernel(
            sent -> List.of(failure(Errno.ENOBUFS), error(sent.get(1), Errno.EPERM, "no")));
    String lost = "ENOBUFS the answer was lost, the request may or may not be done";
    assertEquals(
        List.of("100 " + lost, "101 EPERM no", "102 " + lost), send(kernel, TYPE, TYPE, TYPE));
  }

  @Test
  void lateAnswersOfAnEarlierSendAreNobodys() throws Exception {
    List<Request> earlier = new ArrayList<>();
    FakeKernel kernel =
        new FakeKernel(sent -> {
          earlier.addAll(sent);
          return List.of(error(earlier.getFirst(), Errno.EPERM, ""), ack(sent.getLast()));
        });
    NetlinkConnection connection = NetlinkConnection.over(kernel);
    connection.request(TYPE, 0);
    assertThrows(NetlinkException.class, () -> connection.execute("first"));
    Batch batch = connection.batch();
    batch.next(TYPE, 0, 5);
    assertEquals(List.of(), batch.finish());
  }

  @Test
  void aSocketThatFailsFailsTheBatchAndTheNextOneIsSound() throws Exception {
    List<List<Reply>> script =
        new ArrayList<>(List.of(List.of(failure(Errno.EIO)), List.of(), List.of(bytes(9, 9))));
    FakeKernel kernel =
        new FakeKernel(sent -> script.isEmpty() ? answer(sent) : script.removeFirst());
    Batch batch = NetlinkConnection.over(kernel).batch();
    for (int errno : List.of(Errno.EIO, Errno.ETIMEDOUT, Errno.EBADMSG)) {
      batch.next(REFUSED, 0, 1);
      assertEquals(errno, assertThrows(NetlinkException.class, batch::finish).errno());
    }
    batch.next(REFUSED, 0, 2);
    assertEquals(List.of("2 EPERM no"), texts(batch.finish()));
  }

  @Test
  void failuresOfABatchThatFailedAreNotTheNextOnes() throws Exception {
    FakeKernel kernel =
        new FakeKernel(sent ->
            sent.size() == 2
                ? List.of(error(sent.getFirst(), Errno.EPERM, "no"), failure(Errno.EIO))
                : answer(sent));
    Batch batch = NetlinkConnection.over(kernel).batch();
    batch.next(TYPE, 0, 1);
    batch.next(TYPE, 0, 2);
    assertThrows(NetlinkException.class, batch::finish);
    batch.next(TYPE, 0, 3);
    assertEquals(List.of(), batch.finish());
  }

  @Test
  void aTransactionIsOneDatagramHoweverLong() throws Exception {
    FakeKernel kernel = new FakeKernel(8 << 10, 3, BatchTest::answer);
    Batch transaction = NetlinkConnection.over(kernel).transaction();
    for (int i = 0; i < 100; i++) {
      transaction.next(i == 70 ? REFUSED : TYPE, 0, i, 60_000).bytes(1, new byte[50_000]);
    }
    assertEquals(List.of("70 EPERM no"), texts(transaction.finish()));
    assertEquals(1, kernel.sent().size());
    assertEquals(100, kernel.sent().getFirst().size());
    assertEquals(8 << 10, kernel.capacity(), "the buffer is given back");
  }

  @Test
  void aTransactionThatCannotFitIsEmsgsize() throws Exception {
    Batch transaction = NetlinkConnection.over(new FakeKernel(BatchTest::answer)).transaction();
    transaction.next(TYPE, 0, 1);
    NetlinkException e =
        assertThrows(
            NetlinkException.class,
            () -> transaction.next(TYPE, 0, 2, NetlinkConnection.MAX_DATAGRAM));
    assertEquals(Errno.EMSGSIZE, e.errno());
    assertEquals(List.of(), transaction.finish());
  }

  @Test
  void aTransactionWaitsForTheAckThatWasAskedFor() throws Exception {
    FakeKernel kernel = new FakeKernel(sent -> List.of(ack(sent.get(1))));
    Batch transaction = NetlinkConnection.over(kernel).transaction();
    transaction.next(TYPE, 0, 0);
    transaction.next(TYPE, NLM_F_ACK, 1);
    transaction.next(TYPE, 0, 2); // as NFNL_MSG_BATCH_END, which old kernels never answer
    assertEquals(List.of(), transaction.finish());
    assertEquals("[[1, 5, 1]]", flags(kernel));
  }

  @Test
  void aTransactionRefusedAsAWholeFailsWithItsFirstTag() throws Exception {
    FakeKernel kernel = new FakeKernel(sent -> List.of(error(sent.getFirst(), Errno.EPERM, "")));
    Batch transaction = NetlinkConnection.over(kernel).transaction();
    transaction.next(TYPE, 0, -1);
    transaction.next(TYPE, NLM_F_ACK, 1);
    assertEquals(List.of("-1 EPERM "), texts(transaction.finish()));
  }

  /** Refuses what is to be refused, and acknowledges what asks for it. */
  private static List<Reply> answer(List<Request> requests) {
    List<Reply> replies = new ArrayList<>();
    for (Request request : requests) {
      if (request.type() == REFUSED) {
        replies.add(error(request, Errno.EPERM, "no"));
      } else if ((request.flags() & NLM_F_ACK) != 0) {
        replies.add(ack(request));
      }
    }
    return replies;
  }

  private static List<String> send(FakeKernel kernel, int... types) throws NetlinkException {
    Batch batch = NetlinkConnection.over(kernel).batch();
    int tag = 100;
    for (int type : types) {
      batch.next(type, 0, tag++);
    }
    return texts(batch.finish());
  }

  private static List<String> texts(List<Batch.Failure> failures) {
    return failures.stream()
        .map(f -> f.tag() + " " + Errno.name(f.errno()) + " " + f.explanation())
        .toList();
  }

  private static String flags(FakeKernel kernel) {
    return kernel.sent().stream()
        .map(requests -> requests.stream().map(Request::flags).toList())
        .toList()
        .toString();
  }
}
