package io.fairlead.proxier.source.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;

/** Says in a few words why something failed. */
final class Failures {
  private Failures() {}

  /** The innermost cause, which knows best; the rest only says where it passed through. */
  static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return switch (innermost) {
      case JsonProcessingException json -> "malformed JSON: " + json.getOriginalMessage();
      case ApiException _, GuardedStream.SilenceException _ ->
          String.valueOf(innermost.getMessage());
      default -> {
        String name = innermost.getClass().getSimpleName(); // many messages make no sense alone
        yield innermost.getMessage() == null ? name : name + ": " + innermost.getMessage();
      }
    };
  }
}
