package io.fairlead.core.plan;

/**
 * The packet marks that Fairlead may use, as unsigned 32-bit words. IPVS compares the whole mark,
 * so these are values, not bits.
 *
 * @param first not 0, which is no mark
 * @param last included
 * @param without the masquerade bit: marks that contain it are left out
 */
public record MarkRange(int first, int last, int without) {
  /**
   * Clear of the bits of kube-proxy and kubelet (0xc000), Calico and kube-router (0xffff0000) and
   * Tailscale (0xff0000).
   */
  public static final MarkRange DEFAULT = new MarkRange(0x1000, 0x3fff, 0x4000);

  public MarkRange {
    if (first == 0 || Integer.compareUnsigned(first, last) > 0) {
      throw new IllegalArgumentException(
          "mark range 0x%x-0x%x must begin above 0 and not end before it begins"
              .formatted(first, last));
    }
  }

  /** How many values there are between first and last, usable or not. */
  public long size() {
    return Integer.toUnsignedLong(last) - Integer.toUnsignedLong(first) + 1;
  }

  /** Whether Fairlead may use this mark. */
  public boolean contains(int mark) {
    return Integer.compareUnsigned(first, mark) <= 0
        && Integer.compareUnsigned(mark, last) <= 0
        && (mark & without) == 0;
  }
}
