package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What this process may do, as a set of bits.
 *
 * @param effective CapEff of /proc/self/status; bit n is capability n of linux/capability.h
 */
public record Capabilities(long effective) {
  private static final String LINE = "CapEff:";

  /** The capabilities that matter here, with their numbers in linux/capability.h. */
  public enum Capability {
    /** Addresses, IPVS, nf_tables and conntrack. */
    CAP_NET_ADMIN(12);

    private final int number;

    Capability(int number) {
      this.number = number;
    }
  }

  /**
   * Reads those of this process.
   *
   * @param proc {@code /proc}; tests give a folder
   * @throws IOException if they cannot be read, or make no sense
   */
  public static Capabilities ofThisProcess(Path proc) throws IOException {
    return parse(Files.readString(proc.resolve("self/status")));
  }

  /**
   * Finds them in the text of /proc/PID/status.
   *
   * @throws IOException if there is no such line, or no number in it
   */
  static Capabilities parse(String status) throws IOException {
    String line =
        status.lines().filter(it -> it.startsWith(LINE)).findFirst().orElse(LINE + " missing");
    try {
      return new Capabilities(Long.parseUnsignedLong(line.substring(LINE.length()).strip(), 16));
    } catch (NumberFormatException e) {
      throw new IOException("/proc/self/status: \"" + line + "\" holds no capabilities", e);
    }
  }

  public boolean has(Capability capability) {
    return (effective & 1L << capability.number) != 0;
  }

  /** What the operator should grant; empty if nothing is missing. */
  public ImmutableList<String> problems() {
    return has(Capability.CAP_NET_ADMIN)
        ? ImmutableList.of()
        : ImmutableList.of(
            "this process lacks CAP_NET_ADMIN, without which the kernel lets nobody program"
                + " load balancing: run as root, or with `privileged: true` or"
                + " `capabilities: {add: [NET_ADMIN]}` in the container's securityContext");
  }
}
