package io.fairlead.netlink.nftables;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.MalformedNetlinkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads expressions back. What is not modelled, an attribute or a key included, comes out as {@link
 * Expression.Opaque}: it equals nothing that Fairlead would write.
 */
final class ExpressionReader {
  private static final int NFTA_EXPR_NAME = 1;
  private static final int NFTA_EXPR_DATA = 2;
  private static final int LARGEST_ATTRIBUTE = 16;

  private ExpressionReader() {}

  /** The expressions in NFTA_RULE_EXPRESSIONS. */
  static List<Expression> list(Attributes elements) {
    List<Expression> list = new ArrayList<>();
    while (elements.next()) {
      list.add(one(elements.nested()));
    }
    return list;
  }

  private static Expression one(Attributes in) {
    String name = "";
    Bytes raw = Bytes.NONE;
    Fields fields = Fields.NONE;
    while (in.next()) {
      switch (in.type()) {
        case NFTA_EXPR_NAME -> name = in.string();
        case NFTA_EXPR_DATA -> {
          raw = Bytes.owned(in.bytes());
          fields = Fields.read(in.nested());
        }
        default -> {}
      }
    }
    return known(name, fields).orElse(new Expression.Opaque(name, raw));
  }

  private static Optional<Expression> known(String name, Fields f) {
    return switch (name) {
      case "payload" -> payload(f);
      case "meta" -> meta(f);
      case "ct" -> connection(f);
      case "fib" -> Optional.of(new Expression.Fib(f.number(3), f.number(2), f.register(1)));
      case "bitwise" -> bitwise(f);
      case "cmp" -> compare(f);
      case "lookup" -> Optional.of(lookup(f));
      case "immediate" -> immediate(f);
      case "reject" -> reject(f);
      case "masq" ->
          f.has(2) || f.has(3) // a range of ports
              ? Optional.empty()
              : Optional.of(new Expression.Masquerade(f.numberOr(1, 0)));
      case "counter" -> Optional.of(new Expression.Counter());
      default -> Optional.empty();
    };
  }

  private static Optional<Expression> payload(Fields f) {
    Optional<Expression.Header> header = Numbered.find(Expression.Header.values(), f.number(2));
    return f.has(1) // else it writes to the packet
        ? header.map(h -> new Expression.Payload(h, f.number(3), f.number(4), f.register(1)))
        : Optional.empty();
  }

  private static Optional<Expression> meta(Fields f) {
    return Numbered.find(Expression.Meta.values(), f.number(2))
        .map(key ->
            f.has(3)
                ? new Expression.SetMeta(key, f.register(3))
                : new Expression.LoadMeta(key, f.register(1)));
  }

  private static Optional<Expression> connection(Fields f) {
    int direction = f.numberOr(3, Expression.Direction.NONE.number());
    return f.has(1) // else it changes the connection
        ? Numbered.find(Expression.Ct.values(), f.number(2))
            .map(key ->
                new Expression.LoadConnection(
                    key,
                    Numbered.get(Expression.Direction.values(), direction, "direction"),
                    f.register(1)))
        : Optional.empty();
  }

  private static Optional<Expression> bitwise(Fields f) {
    boolean isMaskAndXor = f.numberOr(6, 0) == 0 && f.has(4) && f.has(5); // not a shift
    return isMaskAndXor
        ? Optional.of(new Expression.Bitwise(f.register(1), f.register(2), f.value(4), f.value(5)))
        : Optional.empty();
  }

  private static Optional<Expression> compare(Fields f) {
    return Numbered.find(Expression.Comparison.values(), f.number(2))
        .map(comparison -> new Expression.Compare(comparison, f.register(1), f.value(3)));
  }

  private static Expression lookup(Fields f) {
    String set = f.text(1);
    return f.has(3)
        ? new Expression.MapLookup(set, f.register(2), f.register(3))
        : new Expression.Lookup(set, f.register(2), (f.numberOr(5, 0) & 1) != 0);
  }

  private static Optional<Expression> immediate(Fields f) {
    if (f.number(1) != 0) {
      return Optional.of(new Expression.Immediate(f.register(1), f.value(2)));
    }
    Fields verdict = f.inner(2).inner(Nft.NFTA_DATA_VERDICT);
    int number = verdict.number(Nft.NFTA_VERDICT_CODE);
    String chain = verdict.has(Nft.NFTA_VERDICT_CHAIN) ? verdict.text(Nft.NFTA_VERDICT_CHAIN) : "";
    return Numbered.find(Expression.Verdict.Code.values(), number)
        .map(code -> new Expression.Verdict(code, chain));
  }

  private static Optional<Expression> reject(Fields f) {
    return Numbered.find(Expression.Reject.With.values(), f.number(1))
        .map(with ->
            new Expression.Reject(
                with, with == Expression.Reject.With.TCP_RESET ? 0 : f.numberOr(2, 0)));
  }

  /** The attributes of one expression by their type; all of them are small. */
  private record Fields(List<Optional<Bytes>> byType) {
    static final Fields NONE = new Fields(List.of());

    static Fields read(Attributes in) {
      List<Optional<Bytes>> byType = new ArrayList<>();
      while (in.next()) {
        if (in.type() > LARGEST_ATTRIBUTE) {
          continue; // a newer kernel's
        }
        while (byType.size() <= in.type()) {
          byType.add(Optional.empty());
        }
        byType.set(in.type(), Optional.of(Bytes.owned(in.bytes())));
      }
      return new Fields(byType);
    }

    boolean has(int type) {
      return type < byType.size() && byType.get(type).isPresent();
    }

    Bytes bytes(int type) {
      if (!has(type)) {
        throw new MalformedNetlinkException("an expression without its attribute " + type);
      }
      return byType.get(type).orElseThrow();
    }

    /** A number in network order; most have 4 bytes, directions and ICMP codes have one. */
    int number(int type) {
      Bytes bytes = bytes(type);
      return switch (bytes.length()) {
        case 1 -> bytes.u8(0);
        case 4 -> bytes.u32(0);
        default ->
            throw new MalformedNetlinkException(
                "attribute " + type + " is " + bytes.length() + " bytes, want a number");
      };
    }

    int numberOr(int type, int otherwise) {
      return has(type) ? number(type) : otherwise;
    }

    int register(int type) {
      return Registers.of(number(type));
    }

    String text(int type) {
      return bytes(type).text();
    }

    Bytes value(int type) {
      return inner(type).bytes(Nft.NFTA_DATA_VALUE);
    }

    Fields inner(int type) {
      return read(bytes(type).attributes());
    }
  }
}
