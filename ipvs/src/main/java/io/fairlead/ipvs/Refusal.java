package io.fairlead.ipvs;

import io.fairlead.netlink.Errno;

/**
 * A write that the kernel did not do, judged by its command and errno together, as ip_vs_ctl.c
 * hands them out.
 *
 * @param tag the caller's name for the write
 * @param errno a positive errno
 * @param reason the errno by name, what it means here, and the kernel's own text if there is one
 * @param drift whether the table was not as the caller believed, so that reading it back and trying
 *     again will help
 */
public record Refusal(int tag, Command command, int errno, String reason, boolean drift) {
  static Refusal of(int tag, Command command, int errno, String kernelText) {
    String reason =
        "%s: %s%s"
            .formatted(
                Errno.name(errno),
                meaning(command, errno),
                kernelText.isEmpty() ? "" : " (" + kernelText + ")");
    return new Refusal(tag, command, errno, reason, isDrift(command, errno));
  }

  private static boolean isDrift(Command command, int errno) {
    return switch (errno) {
      case Errno.ESRCH, Errno.EEXIST -> true;
      case Errno.ENOBUFS -> true; // the answer was lost: only reading back tells
      case Errno.ENOENT -> isOfRealServer(command);
      default -> false;
    };
  }

  private static boolean isOfRealServer(Command command) {
    return switch (command) {
      case ADD_VIRTUAL_SERVER, EDIT_VIRTUAL_SERVER, REMOVE_VIRTUAL_SERVER -> false;
      case ADD_REAL_SERVER, EDIT_REAL_SERVER, REMOVE_REAL_SERVER -> true;
    };
  }

  private static String meaning(Command command, int errno) {
    return switch (errno) {
      case Errno.EPERM -> Reasons.NOT_PERMITTED;
      case Errno.ESRCH -> "the virtual server does not exist";
      case Errno.EEXIST -> "it exists already";
      case Errno.ENOENT -> absent(command);
      case Errno.EINVAL -> invalid(command);
      case Errno.ERANGE -> "the weight is negative, or the lower threshold is above the upper one";
      case Errno.EAFNOSUPPORT -> "the kernel's IPVS does not know this address family";
      case Errno.EOPNOTSUPP -> "the kernel's IPVS does not know this command";
      case Errno.ENOBUFS -> "the kernel's answer was lost";
      case Errno.ENOMEM -> "the kernel is out of memory";
      default -> "the kernel refuses it";
    };
  }

  private static String absent(Command command) {
    return switch (command) {
      case ADD_VIRTUAL_SERVER, EDIT_VIRTUAL_SERVER ->
          "no such scheduler: kernel module ip_vs_NAME is missing (or ip_vs itself was unloaded)";
      case REMOVE_VIRTUAL_SERVER, ADD_REAL_SERVER -> Reasons.NOT_LOADED;
      case EDIT_REAL_SERVER, REMOVE_REAL_SERVER -> "the real server does not exist";
    };
  }

  private static String invalid(Command command) {
    return switch (command) {
      case ADD_VIRTUAL_SERVER, EDIT_VIRTUAL_SERVER ->
          "the scheduler or the persistence prefix does not fit the virtual server";
      case ADD_REAL_SERVER ->
          "the address is not a unicast one that this network namespace can reach"
              + " (is its loopback device down?), or is of the other family and not tunneled";
      case EDIT_REAL_SERVER -> "the address is of the other family and not tunneled";
      case REMOVE_VIRTUAL_SERVER, REMOVE_REAL_SERVER -> "the kernel cannot read the request";
    };
  }
}
