package io.fairlead.proxier.host;

/** What came of setting a kernel parameter; prints as a line for the log. */
public sealed interface SysctlOutcome {
  Sysctl sysctl();

  /** Whether the daemon must not start. */
  default boolean isFatal() {
    return switch (this) {
      case Right _, Changed _ -> false;
      case Missing _, Refused _ -> sysctl().need() == Sysctl.Need.REQUIRED;
    };
  }

  /** Whether the parameter has its value now. */
  default boolean isInPlace() {
    return switch (this) {
      case Right _, Changed _ -> true;
      case Missing _, Refused _ -> false;
    };
  }

  /** It had its value. */
  record Right(Sysctl sysctl) implements SysctlOutcome {
    @Override
    public String toString() {
      return "sysctl " + sysctl + " is set";
    }
  }

  /** It was given its value. */
  record Changed(Sysctl sysctl, String before) implements SysctlOutcome {
    @Override
    public String toString() {
      return "sysctl " + sysctl + " set; it was " + before;
    }
  }

  /** This kernel does not have it, or not yet. */
  record Missing(Sysctl sysctl) implements SysctlOutcome {
    @Override
    public String toString() {
      return "sysctl "
          + sysctl
          + ": this kernel has no such parameter"
          + (sysctl.key().startsWith("net/ipv4/vs/")
              ? " in this network namespace; is the module ip_vs loaded?"
              : "")
          + " ("
          + sysctl.why()
          + ")";
    }
  }

  /** It kept another value. */
  record Refused(Sysctl sysctl, String current, String reason) implements SysctlOutcome {
    @Override
    public String toString() {
      return "sysctl "
          + sysctl
          + " cannot be set: "
          + reason
          + "; it is "
          + current
          + ". Run the container with `privileged: true`, or `sysctl -w "
          + sysctl
          + "` on the host ("
          + sysctl.why()
          + ")";
    }
  }
}
