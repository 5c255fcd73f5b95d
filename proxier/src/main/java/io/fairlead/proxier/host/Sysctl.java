package io.fairlead.proxier.host;

/**
 * A kernel parameter and the value it should have.
 *
 * @param key with slashes, as under /proc/sys: {@code net/ipv4/ip_forward}
 * @param why what goes wrong with another value, for the operator who has to set it
 * @param need whether the daemon can do without
 */
public record Sysctl(String key, int value, String why, Need need) {

  /** What it means if the parameter cannot be set. */
  public enum Need {
    /** Traffic would go wrong: the daemon does not start. */
    REQUIRED,
    /** Some connections would fare worse: a warning. */
    ADVISED
  }

  /** As {@code sysctl} takes it: {@code net.ipv4.ip_forward=1}. */
  @Override
  public String toString() {
    return key.replace('/', '.') + "=" + value;
  }
}
