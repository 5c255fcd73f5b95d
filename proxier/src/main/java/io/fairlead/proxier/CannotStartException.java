package io.fairlead.proxier;

import com.google.common.collect.ImmutableList;

/** The daemon cannot start. Each problem says what is wrong, and what would be right. */
public final class CannotStartException extends Exception {
  private static final long serialVersionUID = 1L;

  private final ImmutableList<String> problems;

  public CannotStartException(ImmutableList<String> problems) {
    super(String.join("\n", problems));
    this.problems = problems;
  }

  public CannotStartException(String problem) {
    this(ImmutableList.of(problem));
  }

  public ImmutableList<String> problems() {
    return problems;
  }
}
