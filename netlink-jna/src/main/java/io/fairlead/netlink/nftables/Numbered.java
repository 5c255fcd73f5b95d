package io.fairlead.netlink.nftables;

import io.fairlead.netlink.MalformedNetlinkException;
import java.util.Optional;

/** A constant that has a number in the kernel's headers. */
interface Numbered {
  int number();

  /** The constant with that number; empty if there is none. */
  static <E extends Numbered> Optional<E> find(E[] values, int number) {
    for (E value : values) {
      if (value.number() == number) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /** The constant with that number; {@code what} it should be names it if there is none. */
  static <E extends Numbered> E get(E[] values, int number, String what) {
    return find(values, number)
        .orElseThrow(
            () -> new MalformedNetlinkException("no " + what + " has the number " + number));
  }
}
