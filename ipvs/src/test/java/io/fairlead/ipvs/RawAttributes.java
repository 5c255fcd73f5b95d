package io.fairlead.ipvs;

import io.fairlead.netlink.Attributes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A parsed set of attributes, read as nla_get_u16, nla_get_u32 and nla_memcpy do: without a look at
 * lengths. One that is missing reads as zeros.
 */
final class RawAttributes {
  private final Map<Integer, byte[]> payloads = new LinkedHashMap<>();

  RawAttributes(Attributes in) {
    while (in.next()) {
      payloads.put(in.type(), in.bytes());
    }
  }

  boolean has(int... types) {
    return Arrays.stream(types).allMatch(payloads::containsKey);
  }

  int u16(int type) {
    return Short.toUnsignedInt(read(type, 2).getShort());
  }

  int u32(int type) {
    return read(type, 4).getInt();
  }

  /** The second of two 32-bit numbers. */
  int secondU32(int type) {
    return read(type, 8).getInt(4);
  }

  /** union nf_inet_addr: 16 bytes, zeros after those that were sent. */
  byte[] address(int type) {
    return read(type, 16).array();
  }

  String text(int type) {
    String all = new String(payload(type), StandardCharsets.US_ASCII);
    return all.substring(0, all.indexOf('\0'));
  }

  private ByteBuffer read(int type, int length) {
    return ByteBuffer.wrap(Arrays.copyOf(payload(type), length)).order(ByteOrder.nativeOrder());
  }

  private byte[] payload(int type) {
    return payloads.getOrDefault(type, new byte[0]);
  }
}
