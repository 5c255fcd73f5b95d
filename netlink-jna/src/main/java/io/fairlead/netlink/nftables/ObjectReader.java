package io.fairlead.netlink.nftables;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Message;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Decodes the messages of dumps. */
final class ObjectReader {
  private ObjectReader() {}

  static Table table(Message in) {
    String name = "";
    String comment = "";
    Attributes a = in.attributes(Nft.HEADER);
    while (a.next()) {
      switch (a.type()) {
        case Nft.TABLE_NAME -> name = a.string();
        case Nft.TABLE_USERDATA -> comment = Userdata.comment(a, Userdata.COMMENT);
        default -> {}
      }
    }
    return new Table(TableFamily.of(in.u8(0)), name, comment);
  }

  /** The chain, or empty if it is in another table: the kernel dumps those of all. */
  static Optional<Chain> chain(Message in, Table table) {
    String name = "";
    String owner = "";
    String comment = "";
    String type = "";
    int policy = Chain.Policy.ACCEPT.number();
    Hooked hooked = Hooked.NOWHERE;
    Attributes a = in.attributes(Nft.HEADER);
    while (a.next()) {
      switch (a.type()) {
        case Nft.CHAIN_TABLE -> owner = a.string();
        case Nft.CHAIN_NAME -> name = a.string();
        case Nft.CHAIN_HOOK -> hooked = Hooked.read(a.nested());
        case Nft.CHAIN_POLICY -> policy = a.u32Be();
        case Nft.CHAIN_TYPE -> type = a.string();
        case Nft.CHAIN_USERDATA -> comment = Userdata.comment(a, Userdata.COMMENT);
        default -> {}
      }
    }
    if (!owner.equals(table.name()) || in.u8(0) != table.family().number()) {
      return Optional.empty();
    }
    return Optional.of(
        new Chain(
            name,
            type.isEmpty() ? Optional.empty() : Optional.of(hooked.base(type, policy)),
            comment));
  }

  static NamedSet set(Message in) {
    String name = "";
    String comment = "";
    int flags = 0;
    int keyType = 0;
    int valueType = 0;
    Attributes a = in.attributes(Nft.HEADER);
    while (a.next()) {
      switch (a.type()) {
        case Nft.SET_NAME -> name = a.string();
        case Nft.SET_FLAGS -> flags = a.u32Be();
        case Nft.SET_KEY_TYPE -> keyType = a.u32Be();
        case Nft.SET_DATA_TYPE -> valueType = a.u32Be();
        case Nft.SET_USERDATA -> comment = Userdata.comment(a, Userdata.SET_COMMENT);
        default -> {}
      }
    }
    // A map to verdicts, or to a type that is unknown here, is read as one without a value type.
    Optional<DataType> value = DataType.split(valueType).stream().findFirst();
    return new NamedSet(name, DataType.split(keyType), value, flags(flags), comment);
  }

  /** The elements in one message of a dump. */
  static List<Element> elements(Message in) {
    List<Element> elements = new ArrayList<>();
    Attributes a = in.attributes(Nft.HEADER);
    while (a.next()) {
      if (a.type() == Nft.ELEM_LIST_ELEMENTS) {
        Attributes list = a.nested();
        while (list.next()) {
          elements.add(element(list.nested()));
        }
      }
    }
    return elements;
  }

  static Rule.Installed rule(Message in) {
    String chain = "";
    String comment = "";
    long handle = 0;
    List<Expression> expressions = List.of();
    Attributes a = in.attributes(Nft.HEADER);
    while (a.next()) {
      switch (a.type()) {
        case Nft.RULE_CHAIN -> chain = a.string();
        case Nft.RULE_HANDLE -> handle = a.u64Be();
        case Nft.RULE_EXPRESSIONS -> expressions = ExpressionReader.list(a.nested());
        case Nft.RULE_USERDATA -> comment = Userdata.comment(a, Userdata.COMMENT);
        default -> {}
      }
    }
    return new Rule.Installed(new Rule(chain, expressions, comment), handle);
  }

  private static Element element(Attributes a) {
    Bytes key = Bytes.NONE;
    Bytes keyEnd = Bytes.NONE;
    Bytes value = Bytes.NONE;
    int flags = 0;
    while (a.next()) {
      switch (a.type()) {
        case Nft.ELEM_KEY -> key = value(a.nested());
        case Nft.ELEM_KEY_END -> keyEnd = value(a.nested());
        case Nft.ELEM_DATA -> value = value(a.nested());
        case Nft.ELEM_FLAGS -> flags = a.u32Be();
        default -> {}
      }
    }
    return new Element(key, keyEnd, value, (flags & Nft.ELEM_INTERVAL_END) != 0);
  }

  private static Bytes value(Attributes data) {
    while (data.next()) {
      if (data.type() == Nft.NFTA_DATA_VALUE) {
        return Bytes.owned(data.bytes());
      }
    }
    return Bytes.NONE; // a verdict
  }

  private static Set<NamedSet.Flag> flags(int bits) {
    Set<NamedSet.Flag> flags = EnumSet.noneOf(NamedSet.Flag.class);
    for (NamedSet.Flag flag : NamedSet.Flag.values()) {
      if (flag.isIn(bits)) {
        flags.add(flag);
      }
    }
    return flags;
  }

  /** NFTA_CHAIN_HOOK. */
  private record Hooked(int hook, int priority) {
    static final Hooked NOWHERE = new Hooked(0, 0);

    static Hooked read(Attributes a) {
      int hook = 0;
      int priority = 0;
      while (a.next()) {
        switch (a.type()) {
          case Nft.HOOK_NUMBER -> hook = a.u32Be();
          case Nft.HOOK_PRIORITY -> priority = a.u32Be();
          default -> {}
        }
      }
      return new Hooked(hook, priority);
    }

    Chain.Base base(String type, int policy) {
      return new Chain.Base(
          Chain.Type.of(type), Chain.Hook.of(hook), priority, Chain.Policy.of(policy));
    }
  }
}
