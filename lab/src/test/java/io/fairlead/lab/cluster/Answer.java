package io.fairlead.lab.cluster;

import java.io.IOException;
import java.util.Optional;

/**
 * What a pod answered.
 *
 * @param pod its name
 * @param closing whether it said that it will close the connection
 */
record Answer(String pod, boolean closing) {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String LENGTH = "Content-Length: ";
  private static final String BLANK_LINE = "\r\n\r\n";

  /**
   * Reads an answer if it is complete.
   *
   * @throws IOException if it is none of a pod's
   */
  static Optional<Answer> in(String text) throws IOException {
    int head = text.indexOf(BLANK_LINE);
    if (head < 0) {
      return Optional.empty();
    }
    int at = text.indexOf(LENGTH);
    if (!text.startsWith(OK) || at < 0 || at > head) {
      throw new IOException("not a pod's answer: " + text);
    }
    int end = text.indexOf("\r\n", at);
    int length = Integer.parseInt(text.substring(at + LENGTH.length(), end));
    String body = text.substring(head + BLANK_LINE.length());
    if (body.length() < length) {
      return Optional.empty();
    }
    if (body.length() > length) {
      throw new IOException("more than was asked for: " + text);
    }
    return Optional.of(new Answer(body, text.contains("Connection: close\r\n")));
  }
}
