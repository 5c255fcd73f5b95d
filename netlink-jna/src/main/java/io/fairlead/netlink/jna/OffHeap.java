package io.fairlead.netlink.jna;

import com.sun.jna.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Memory that C and Java both see. Allocated once and reused: a {@link Memory} costs microseconds
 * to make. It is freed when nobody refers to it or its buffer any more.
 */
record OffHeap(Memory memory, ByteBuffer buffer) {
  static OffHeap of(int capacity) {
    Memory memory = new Memory(capacity);
    return new OffHeap(memory, memory.getByteBuffer(0, capacity).order(ByteOrder.nativeOrder()));
  }

  int capacity() {
    return buffer.capacity();
  }

  /** A copy of another size, or of as much of it as fits. */
  OffHeap resized(int capacity) {
    OffHeap other = of(capacity);
    other.buffer.put(0, buffer, 0, Math.min(capacity, capacity()));
    return other;
  }
}
