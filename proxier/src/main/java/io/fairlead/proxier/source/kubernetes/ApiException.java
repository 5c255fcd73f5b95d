package io.fairlead.proxier.source.kubernetes;

import io.fairlead.proxier.source.decode.Status;
import java.io.IOException;
import java.time.Duration;

/** The API server answered, and the answer is no. */
final class ApiException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient Status status;
  private final transient Duration retryAfter;

  /**
   * @param retryAfter how long the server asks to wait; zero if it does not
   */
  ApiException(Status status, Duration retryAfter) {
    super(status.toString());
    this.status = status;
    this.retryAfter = retryAfter;
  }

  int code() {
    return status.code();
  }

  Duration retryAfter() {
    return retryAfter;
  }

  /** The version that was asked for is compacted away: 410 Gone, or Expired. */
  boolean isExpired() {
    return status.code() == 410 || status.reason().equals("Expired");
  }

  /**
   * The version that was asked for lies in the server's future, as after a restore of etcd from a
   * backup. The server says 504 Timeout with this message; client-go looks for the same words.
   */
  boolean isTooLargeResourceVersion() {
    return status.message().contains("Too large resource version");
  }

  boolean isForbidden() {
    return status.code() == 401 || status.code() == 403;
  }

  /** The server does not understand the request: a parameter that it does not know, or forbids. */
  boolean isRefusal() {
    return status.code() == 400 || status.code() == 405 || status.code() == 422;
  }
}
