package io.fairlead.proxier.settings;

import io.fairlead.core.plan.MarkRange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads which packet marks Fairlead may use. */
final class MarkFlags {
  private static final Pattern RANGE =
      Pattern.compile("(0[xX]\\p{XDigit}{1,8}|\\d{1,10})-(0[xX]\\p{XDigit}{1,8}|\\d{1,10})");

  private MarkFlags() {}

  /**
   * @param masquerade the mark that says "masquerade this", of one bit
   */
  static MarkRange read(FlagValues flags, int masquerade) {
    MarkRange range =
        flags
            .read(
                Flag.FWMARK_RANGE,
                flags.text(Flag.FWMARK_RANGE).strip(),
                text -> range(text, masquerade),
                "must be two marks from 1 to 0xffffffff, such as " + Flag.FWMARK_RANGE.byDefault())
            .orElse(MarkRange.DEFAULT);
    if (!leavesAny(range)) {
      flags.wrong(
          Flag.FWMARK_RANGE,
          "every mark in it has bit %d, which is --iptables-masquerade-bit; give a range without"
                  .formatted(Integer.numberOfTrailingZeros(masquerade))
              + " it");
    }
    return range;
  }

  private static MarkRange range(String text, int masquerade) {
    Matcher matcher = RANGE.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("\"" + text + "\" is no range");
    }
    return new MarkRange(mark(matcher.group(1)), mark(matcher.group(2)), masquerade);
  }

  /** Not Integer.decode, which takes a leading 0 for octal. */
  private static int mark(String text) {
    boolean isHex = text.startsWith("0x") || text.startsWith("0X");
    return isHex ? Integer.parseUnsignedInt(text.substring(2), 16) : Integer.parseUnsignedInt(text);
  }

  /**
   * Whether some mark lacks the masquerade bit: the first does, or the first after all that have.
   */
  private static boolean leavesAny(MarkRange range) {
    long carry = Integer.toUnsignedLong(range.without());
    long first = Integer.toUnsignedLong(range.first());
    long next = (first & carry) == 0 ? first : (first | (carry - 1)) + 1;
    return next <= Integer.toUnsignedLong(range.last());
  }
}
