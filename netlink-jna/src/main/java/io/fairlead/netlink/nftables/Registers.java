package io.fairlead.netlink.nftables;

import io.fairlead.netlink.MalformedNetlinkException;

/**
 * Register numbers. The kernel has sixteen registers of 4 bytes, and names every fourth of them
 * twice: NFT_REG_1 to 4, and NFT_REG32_00 to 15 (nft_parse_register and nft_dump_register).
 */
final class Registers {
  static final int COUNT = 16;

  private static final int NFT_REG_1 = 1;
  private static final int NFT_REG32_00 = 8;

  private Registers() {}

  /** The kernel's number, as it prints it itself. */
  static int number(int register) {
    if (register < 0 || register >= COUNT) {
      throw new IllegalArgumentException("register " + register + " is outside 0..15");
    }
    return register % 4 == 0 ? NFT_REG_1 + register / 4 : NFT_REG32_00 + register;
  }

  static int of(int number) {
    if (number >= NFT_REG_1 && number < NFT_REG_1 + 4) {
      return (number - NFT_REG_1) * 4;
    }
    if (number >= NFT_REG32_00 && number < NFT_REG32_00 + COUNT) {
      return number - NFT_REG32_00;
    }
    throw new MalformedNetlinkException("no register has the number " + number);
  }
}
