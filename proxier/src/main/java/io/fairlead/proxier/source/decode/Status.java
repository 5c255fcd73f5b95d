package io.fairlead.proxier.source.decode;

/** A meta/v1 Status: how the API server says no. Texts are empty and the code 0 if absent. */
public record Status(int code, String reason, String message) {
  @Override
  public String toString() {
    return code
        + (reason.isEmpty() ? "" : " " + reason)
        + (message.isEmpty() ? "" : ": " + message);
  }
}
