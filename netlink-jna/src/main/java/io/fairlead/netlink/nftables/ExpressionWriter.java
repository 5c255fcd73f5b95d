package io.fairlead.netlink.nftables;

import io.fairlead.netlink.MessageWriter;

/** Writes expressions as the kernel wants them: NFTA_LIST_ELEM { name, data }. */
final class ExpressionWriter {
  private static final int NFTA_EXPR_NAME = 1;
  private static final int NFTA_EXPR_DATA = 2;
  private static final int VERDICT_REGISTER = 0; // NFT_REG_VERDICT

  private final MessageWriter out;

  ExpressionWriter(MessageWriter out) {
    this.out = out;
  }

  /**
   * Writes one expression.
   *
   * @param inlineSet the id, within the transaction, of the set that an {@link
   *     Expression.InlineLookup} looks at
   */
  void write(Expression expression, int inlineSet) {
    int element = out.openNest(Nft.NFTA_LIST_ELEM);
    out.string(NFTA_EXPR_NAME, name(expression));
    int data = out.openNest(NFTA_EXPR_DATA);
    data(expression, inlineSet);
    out.closeNest(data);
    out.closeNest(element);
  }

  private static String name(Expression expression) {
    return switch (expression) {
      case Expression.Payload _ -> "payload";
      case Expression.LoadMeta _, Expression.SetMeta _ -> "meta";
      case Expression.LoadConnection _ -> "ct";
      case Expression.Fib _ -> "fib";
      case Expression.Bitwise _ -> "bitwise";
      case Expression.Compare _ -> "cmp";
      case Expression.Lookup _, Expression.MapLookup _, Expression.InlineLookup _ -> "lookup";
      case Expression.Immediate _, Expression.Verdict _ -> "immediate";
      case Expression.Reject _ -> "reject";
      case Expression.Masquerade _ -> "masq";
      case Expression.Counter _ -> "counter";
      case Expression.Opaque(String name, Bytes _) ->
          throw new IllegalArgumentException("expression " + name + " can only be read");
    };
  }

  private void data(Expression expression, int inlineSet) {
    switch (expression) {
      case Expression.Payload e -> payload(e);
      case Expression.LoadMeta e -> register(1, e.register()).u32Be(2, e.key().number());
      case Expression.SetMeta e -> register(3, e.register()).u32Be(2, e.key().number());
      case Expression.LoadConnection e -> connection(e);
      case Expression.Fib e -> register(1, e.register()).u32Be(2, e.result()).u32Be(3, e.inputs());
      case Expression.Bitwise e -> bitwise(e);
      case Expression.Compare e -> {
        register(1, e.register()).u32Be(2, e.comparison().number());
        value(3, e.value());
      }
      case Expression.Lookup e -> {
        out.string(1, e.set());
        register(2, e.register());
        inverted(e.inverted());
      }
      case Expression.MapLookup e -> {
        out.string(1, e.map());
        register(2, e.register());
        register(3, e.target());
      }
      case Expression.InlineLookup e -> {
        out.string(1, Transaction.INLINE_SET);
        register(2, e.register());
        out.u32Be(4, inlineSet); // NFTA_LOOKUP_SET_ID: the set has no name yet
        inverted(e.inverted());
      }
      case Expression.Immediate e -> {
        register(1, e.register());
        value(2, e.value());
      }
      case Expression.Verdict e -> verdict(e);
      case Expression.Reject e -> {
        out.u32Be(1, e.with().number());
        if (e.with() != Expression.Reject.With.TCP_RESET) {
          out.u8(2, e.icmpCode());
        }
      }
      case Expression.Masquerade e -> {
        if (e.flags() != 0) {
          out.u32Be(1, e.flags());
        }
      }
      case Expression.Counter _, Expression.Opaque _ -> {}
    }
  }

  private void payload(Expression.Payload e) {
    register(1, e.register())
        .u32Be(2, e.header().number())
        .u32Be(3, e.offset())
        .u32Be(4, e.length());
  }

  private void connection(Expression.LoadConnection e) {
    register(1, e.register()).u32Be(2, e.key().number());
    if (e.direction() != Expression.Direction.NONE) {
      out.u8(3, e.direction().number());
    }
  }

  private void bitwise(Expression.Bitwise e) {
    register(1, e.source());
    register(2, e.target()).u32Be(3, e.mask().length());
    value(4, e.mask());
    value(5, e.xor());
  }

  private void verdict(Expression.Verdict e) {
    out.u32Be(1, VERDICT_REGISTER);
    int data = out.openNest(2);
    int verdict = out.openNest(Nft.NFTA_DATA_VERDICT);
    out.u32Be(Nft.NFTA_VERDICT_CODE, e.code().number());
    if (!e.chain().isEmpty()) {
      out.string(Nft.NFTA_VERDICT_CHAIN, e.chain());
    }
    out.closeNest(verdict);
    out.closeNest(data);
  }

  private void inverted(boolean inverted) {
    if (inverted) {
      out.u32Be(5, 1); // NFTA_LOOKUP_FLAGS: NFT_LOOKUP_F_INV
    }
  }

  private void value(int type, Bytes value) {
    int data = out.openNest(type);
    out.bytes(Nft.NFTA_DATA_VALUE, value.shared());
    out.closeNest(data);
  }

  /**
   * Writes a register as the kernel reports it back: those at multiples of 16 bytes by their old
   * names (NFT_REG_1 …), the others as NFT_REG32_00 and on.
   */
  private MessageWriter register(int type, int register) {
    return out.u32Be(type, Registers.number(register));
  }
}
