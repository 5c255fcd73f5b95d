package io.fairlead.ipvs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.fairlead.core.dataplane.Forwarding;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * Reads a {@link Listing} once. Nothing is made of a line but numbers: there may be a million.
 *
 * <pre>
 * IP Virtual Server version 1.2.1 (size=4096)
 * Prot LocalAddress:Port Scheduler Flags
 *   -> RemoteAddress:Port Forward Weight ActiveConn InActConn
 * TCP  0A600001:0050 rr  persistent 10800 FFFFFFFF
 *   -> 0AF40107:1F90      Masq    1      0          0
 * UDP  [fd00:0010:0096:0000:0000:0000:0000:000a]:0035 rr
 * FWM  00004001 mh
 * </pre>
 */
final class ListingReader {
  private static final int BUFFER = 64 << 10;

  /** The longest line that the kernel prints has some hundred bytes. */
  private static final int LONGEST_LINE = 1024;

  private static final int HEADER_LINES = 3;
  private static final byte[] TITLE = "IP Virtual Server version ".getBytes(US_ASCII);
  private static final byte[] ARROW = "  -> ".getBytes(US_ASCII);
  private static final byte[] MARK = "FWM  ".getBytes(US_ASCII);
  private static final byte[] OTHER_PROTOCOL = "IP".getBytes(US_ASCII); // IP_47, and IP for 0
  private static final byte[] ICMP = "ICMP".getBytes(US_ASCII);
  private static final int IPV4_DIGITS = 8;
  private static final int GROUPS = 8;
  private static final int GROUP_DIGITS = 4;
  private static final int PORT_DIGITS = 4;

  private final ReadableByteChannel in;
  private final ListingVisitor to;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
  private final byte[] bytes = buffer.array();
  private int line;
  private int at; // where the next byte of the line is
  private int end; // of the line, its line feed left out
  private long hi;
  private long lo;
  private boolean begun;

  ListingReader(ReadableByteChannel in, ListingVisitor to) {
    this.in = in;
    this.to = to;
  }

  void read() throws IOException {
    int begin = 0;
    while (in.read(buffer) >= 0) {
      begin = lines(0, buffer.position());
      buffer.limit(buffer.position()).position(begin);
      buffer.compact();
      if (buffer.position() > LONGEST_LINE) {
        end = buffer.position();
        throw malformed("a line without end");
      }
    }
    if (buffer.position() > 0 || line < HEADER_LINES) {
      end = buffer.position();
      throw malformed("an end in the middle");
    }
    to.end();
  }

  /** Reads the lines that are whole, and returns where the next begins. */
  private int lines(int from, int limit) throws IOException {
    int begin = from;
    for (int i = from; i < limit; i++) {
      if (bytes[i] == '\n') {
        at = begin;
        end = i;
        line++;
        readLine(begin);
        begin = i + 1;
      }
    }
    return begin;
  }

  private void readLine(int begin) throws IOException {
    if (line <= HEADER_LINES) {
      if (line == 1 && !startsWith(TITLE)) {
        throw malformed("no title", begin);
      }
      return;
    }
    if (startsWith(ARROW)) {
      realServer(begin);
    } else {
      virtualServer(begin);
      begun = true;
    }
  }

  private void realServer(int begin) throws IOException {
    if (!begun) {
      throw malformed("a real server of none", begin);
    }
    at += ARROW.length;
    Family family = address(begin);
    int port = port(begin);
    skipSpaces();
    int forwarding = forwarding(begin);
    skipSpaces();
    to.realServer(family, hi, lo, port, forwarding, decimal(begin));
  }

  private void virtualServer(int begin) throws IOException {
    if (startsWith(MARK)) {
      at += MARK.length;
      to.marked((int) hex(IPV4_DIGITS, begin));
      return;
    }
    Optional<Protocol> protocol = protocol();
    if (protocol.isPresent()) {
      at += protocol.get().name().length();
      skipSpaces();
      Family family = address(begin);
      IpAddress address = family == Family.IPV4 ? IpAddress.v4((int) lo) : IpAddress.v6(hi, lo);
      to.addressed(new VirtualServerKey.Addressed(address, port(begin), protocol.get()));
    } else if (startsWith(OTHER_PROTOCOL) || startsWith(ICMP)) {
      to.foreign();
    } else {
      throw malformed("neither a virtual nor a real server", begin);
    }
  }

  private Optional<Protocol> protocol() {
    return switch (bytes[at]) {
      case 'T' -> is("TCP ") ? Optional.of(Protocol.TCP) : Optional.empty();
      case 'U' -> is("UDP ") ? Optional.of(Protocol.UDP) : Optional.empty();
      case 'S' -> is("SCTP ") ? Optional.of(Protocol.SCTP) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** {@code 0A600001} or {@code [fd00:…]} in full, into {@link #hi} and {@link #lo}. */
  private Family address(int begin) throws IOException {
    if (at >= end || bytes[at] != '[') {
      hi = 0;
      lo = hex(IPV4_DIGITS, begin);
      return Family.IPV4;
    }
    hi = 0;
    lo = 0;
    for (int group = 0; group < GROUPS; group++) {
      at++; // the bracket or a colon
      hi = hi << 16 | lo >>> 48;
      lo = lo << 16 | hex(GROUP_DIGITS, begin);
    }
    demand(']', begin);
    return Family.IPV6;
  }

  private int port(int begin) throws IOException {
    demand(':', begin);
    return (int) hex(PORT_DIGITS, begin);
  }

  /** The kernel prints what it does not know as Masq (ip_vs_fwd_name). */
  private int forwarding(int begin) throws IOException {
    int start = at;
    while (at < end && bytes[at] != ' ') {
      at++;
    }
    return switch (at > start ? bytes[start] : ' ') {
      case 'M' -> Forwarding.MASQUERADE.number();
      case 'L' -> Forwarding.LOCAL_NODE.number();
      case 'T' -> Forwarding.TUNNEL.number();
      case 'R' -> Forwarding.DIRECT_ROUTE.number();
      default -> throw malformed("no forwarding method", begin);
    };
  }

  private long hex(int digits, int begin) throws IOException {
    long value = 0;
    for (int stop = at + digits; at < stop; at++) {
      int digit = at < end ? Character.digit(bytes[at], 16) : -1;
      if (digit < 0) {
        throw malformed("no hexadecimal digit at " + (at - begin), begin);
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private int decimal(int begin) throws IOException {
    long value = 0;
    int start = at;
    for (; at < end && bytes[at] >= '0' && bytes[at] <= '9' && value <= Integer.MAX_VALUE; at++) {
      value = 10 * value + bytes[at] - '0';
    }
    if (at == start || at == end || bytes[at] != ' ' || value > Integer.MAX_VALUE) {
      throw malformed("no number at " + (start - begin), begin);
    }
    return (int) value;
  }

  private void demand(char wanted, int begin) throws IOException {
    if (at >= end || bytes[at] != wanted) {
      throw malformed("no '" + wanted + "' at " + (at - begin), begin);
    }
    at++;
  }

  private void skipSpaces() {
    while (at < end && bytes[at] == ' ') {
      at++;
    }
  }

  private boolean startsWith(byte[] wanted) {
    if (end - at < wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (bytes[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private boolean is(String wanted) {
    if (end - at < wanted.length()) {
      return false;
    }
    for (int i = 0; i < wanted.length(); i++) {
      if (bytes[at + i] != wanted.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private IOException malformed(String what) {
    return malformed(what, 0);
  }

  private IOException malformed(String what, int begin) {
    int shown = Math.min(end - begin, 80);
    // Bytes that are no text must not reach a log as they are.
    String text =
        new String(bytes, begin, shown, US_ASCII).replaceAll("[^ -~]", "?");
    return new IOException("listing of IPVS, line %d: %s: \"%s\"".formatted(line, what, text));
  }
}
