package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which kernel modules are there. Fairlead runs no modprobe; the kernel loads modules itself when
 * they are asked for by someone with CAP_NET_ADMIN:
 *
 * <ul>
 *   <li>ip_vs, when the generic netlink family IPVS is looked up (alias {@code
 *       net-pf-16-proto-16-family-IPVS}, MODULE_ALIAS_GENL_FAMILY in ip_vs_ctl.c);
 *   <li>ip_vs_SCHEDULER, when the first virtual server that names it is made (ip_vs_scheduler_get);
 *   <li>nf_conntrack, on which ip_vs depends; nf_tables, by its subsystem's number.
 * </ul>
 *
 * So this is looked at after the IPVS family has been asked for, to name what is missing.
 */
public final class KernelModules {
  private final Path root;

  /**
   * @param root {@code /}; tests give a folder with {@code proc} and {@code sys} in it
   */
  public KernelModules(Path root) {
    this.root = root;
  }

  /** Whether IPVS is in the kernel and knows the calling thread's network namespace. */
  public boolean hasIpvs() {
    return Files.exists(root.resolve("proc/sys/net/ipv4/vs"))
        || Files.exists(root.resolve("proc/net/ip_vs"));
  }

  /**
   * Whether the scheduler's module is loaded. A scheduler compiled into the kernel does not show,
   * and one that is not loaded may still be by itself, so false proves nothing.
   */
  public boolean hasLoaded(String scheduler) {
    return Files.exists(root.resolve("sys/module/ip_vs_" + scheduler));
  }

  /** What the operator must load; empty if IPVS can be used. */
  public ImmutableList<String> problems() {
    return hasIpvs()
        ? ImmutableList.of()
        : ImmutableList.of(
            "kernel module ip_vs is not loaded and could not be autoloaded: run `modprobe ip_vs` on"
                + " the host, and put ip_vs into /etc/modules-load.d/ so that it is there after a"
                + " reboot");
  }
}
