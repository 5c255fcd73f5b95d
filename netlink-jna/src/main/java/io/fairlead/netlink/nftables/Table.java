package io.fairlead.netlink.nftables;

/**
 * A table. Family and name identify it; names are unique only inside a family.
 *
 * @param comment what {@code nft list} shows, or empty
 */
public record Table(TableFamily family, String name, String comment) {
  public Table(TableFamily family, String name) {
    this(family, name, "");
  }

  @Override
  public String toString() {
    return "table " + family + " " + name;
  }
}
