package io.fairlead.proxier.source.decode;

/**
 * Something in an object that cannot be used, and what became of it. The rest of the object stands.
 *
 * @param object such as {@code Service default/web}
 * @param path the field, such as {@code spec.externalIPs[1]}
 * @param text what is wrong and what would be right
 */
public record Problem(String object, String path, String text) {

  /** One line: {@code Service default/web: spec.externalIPs[1]: "x" is not an IP address; ...}. */
  @Override
  public String toString() {
    return object + ": " + (path.isEmpty() ? "" : path + ": ") + text;
  }
}
