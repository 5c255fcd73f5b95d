package io.fairlead.ipvs;

/**
 * The commands that change the kernel's table. An errno means something only beside its command.
 */
public enum Command {
  ADD_VIRTUAL_SERVER(Abi.CMD_NEW_SERVICE),
  EDIT_VIRTUAL_SERVER(Abi.CMD_SET_SERVICE),
  REMOVE_VIRTUAL_SERVER(Abi.CMD_DEL_SERVICE),
  ADD_REAL_SERVER(Abi.CMD_NEW_DEST),
  EDIT_REAL_SERVER(Abi.CMD_SET_DEST),
  REMOVE_REAL_SERVER(Abi.CMD_DEL_DEST);

  private final int number;

  Command(int number) {
    this.number = number;
  }

  /** IPVS_CMD_… of linux/ip_vs.h. */
  int number() {
    return number;
  }

  static Command ofNumber(int number) {
    return switch (number) {
      case Abi.CMD_NEW_SERVICE -> ADD_VIRTUAL_SERVER;
      case Abi.CMD_SET_SERVICE -> EDIT_VIRTUAL_SERVER;
      case Abi.CMD_DEL_SERVICE -> REMOVE_VIRTUAL_SERVER;
      case Abi.CMD_NEW_DEST -> ADD_REAL_SERVER;
      case Abi.CMD_SET_DEST -> EDIT_REAL_SERVER;
      case Abi.CMD_DEL_DEST -> REMOVE_REAL_SERVER;
      default -> throw new IllegalArgumentException("command " + number + " changes no server");
    };
  }
}
