package io.fairlead.bench.system;

import com.google.common.collect.ImmutableList;

/** A line of the table: something that Fairlead is measured by, with what it is to reach. */
interface Row {
  /** For {@code ./dev bench NAME}. */
  String name();

  /** What is done. */
  String what();

  /**
   * Does it, and measures.
   *
   * @param lab where it is done; what a row makes in it ends with the row
   */
  ImmutableList<Figure> measure(Lab lab) throws Exception;
}
