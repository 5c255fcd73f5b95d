package io.fairlead.proxier.observe;

/** What is served under one path: a question, an answer, and no more of HTTP than that. */
@FunctionalInterface
public interface Page {
  /**
   * Answers a GET.
   *
   * @param accept the request's Accept header; empty if it has none
   */
  Answer get(String accept);

  /** A response. */
  record Answer(int status, String contentType, String body) {
    /** Plain text, in UTF-8. */
    public static Answer text(int status, String body) {
      return new Answer(status, "text/plain; charset=utf-8", body);
    }

    /** A JSON document. */
    public static Answer json(int status, String body) {
      return new Answer(status, "application/json", body);
    }
  }
}
