package io.fairlead.proxier.host;

/** What became of putting a kernel parameter back; prints as a line. */
public sealed interface SysctlReturn {
  /** With slashes, as under /proc/sys. */
  String key();

  /** It has the value of before. */
  record PutBack(String key, String value) implements SysctlReturn {
    @Override
    public String toString() {
      return "sysctl " + key.replace('/', '.') + " put back to " + value;
    }
  }

  /** Somebody else has set it since. */
  record Left(String key, String now, String set) implements SysctlReturn {
    @Override
    public String toString() {
      return "sysctl " + key.replace('/', '.') + " left at " + now + ": Fairlead had set " + set;
    }
  }

  /** The kernel does not take it. */
  record Failed(String key, String value, String reason) implements SysctlReturn {
    @Override
    public String toString() {
      return "sysctl " + key.replace('/', '.') + " cannot be put back to " + value + ": " + reason;
    }
  }
}
