package io.fairlead.ipvs;

import io.fairlead.netlink.NetlinkException;

/** The fake kernel keeps the contract, and so does everything between it and {@link Ipvs}. */
class FakeIpvsKernelTest implements IpvsContract {
  private final Ipvs ipvs = open(new FakeIpvsKernel());

  @Override
  public Ipvs ipvs() {
    return ipvs;
  }

  @Override
  public Ipvs withoutLoopback() {
    var kernel = new FakeIpvsKernel();
    kernel.table().takeLoopbackDown();
    return open(kernel);
  }

  private static Ipvs open(FakeIpvsKernel kernel) {
    try {
      return Ipvs.open(kernel.connect());
    } catch (NetlinkException e) {
      throw new AssertionError(e);
    }
  }
}
