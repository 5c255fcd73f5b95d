package io.fairlead.bench.code;

/** The packaged command's JVM, as {@code proxier/src/main/sh/fairlead} starts it. */
final class Product {
  /** The first compiler only: it sees less of what need not be allocated. */
  static final String COMPILER = "-XX:TieredStopAtLevel=1";

  static final String COLLECTOR = "-XX:+UseSerialGC";
  static final String HEADERS = "-XX:+UseCompactObjectHeaders";

  private Product() {}
}
