package io.fairlead.netlink.nftables;

import io.fairlead.netlink.MalformedNetlinkException;
import java.util.Locale;
import java.util.Optional;

/**
 * A chain of rules.
 *
 * @param base where packets enter it; empty for a chain that is only jumped to
 * @param comment what {@code nft list} shows, or empty
 */
public record Chain(String name, Optional<Base> base, String comment) {

  /** A chain that other chains jump to. */
  public static Chain regular(String name) {
    return new Chain(name, Optional.empty(), "");
  }

  /** A base chain that accepts what its rules do not decide. */
  public static Chain base(String name, Type type, Hook hook, int priority) {
    return new Chain(name, Optional.of(new Base(type, hook, priority, Policy.ACCEPT)), "");
  }

  public Chain withComment(String text) {
    return new Chain(name, base, text);
  }

  /**
   * Where packets enter a chain.
   *
   * @param priority lower runs earlier; linux/netfilter_ipv4.h has the kernel's own places
   */
  public record Base(Type type, Hook hook, int priority, Policy policy) {}

  /** What a base chain may do. */
  public enum Type {
    FILTER,
    NAT,
    ROUTE;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static Type of(String text) {
      for (Type type : values()) {
        if (type.text().equals(text)) {
          return type;
        }
      }
      throw new MalformedNetlinkException("chain type \"" + text + "\" is not known here");
    }
  }

  /** A place on a packet's way, by the numbers of NF_INET_…. */
  public enum Hook implements Numbered {
    PREROUTING(0),
    INPUT(1),
    FORWARD(2),
    OUTPUT(3),
    POSTROUTING(4),
    /** For INET tables, before all others and for one device only. */
    INGRESS(5);

    private final int number;

    Hook(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }

    static Hook of(int number) {
      return Numbered.get(values(), number, "hook");
    }
  }

  /** What becomes of a packet that reaches the end of a base chain: NF_…. */
  public enum Policy implements Numbered {
    DROP(0),
    ACCEPT(1);

    private final int number;

    Policy(int number) {
      this.number = number;
    }

    @Override
    public int number() {
      return number;
    }

    static Policy of(int number) {
      return Numbered.get(values(), number, "policy");
    }
  }
}
