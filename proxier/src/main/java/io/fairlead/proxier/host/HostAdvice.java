package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What an operator should know about this host, although nothing stands in the way. */
final class HostAdvice {
  private static final String DEFAULT_CONN_TAB_BITS = "12"; // CONFIG_IP_VS_TAB_BITS

  private final Path root;

  /**
   * @param root {@code /}; tests give a folder
   */
  HostAdvice(Path root) {
    this.root = root;
  }

  ImmutableList<String> lines() {
    var lines = ImmutableList.<String>builder();
    if (holds("sys/module/ip_vs/parameters/conn_tab_bits", DEFAULT_CONN_TAB_BITS)) {
      lines.add(
          "IPVS finds connections in 4096 hash buckets, which is slow with more than some 10,000 of"
              + " them; \"options ip_vs conn_tab_bits=20\" in /etc/modprobe.d/ip_vs.conf gives it a"
              + " million (8 MiB), once the module is loaded anew");
    }
    if (holds("proc/sys/net/bridge/bridge-nf-call-iptables", "0")) {
      lines.add(
          "net.bridge.bridge-nf-call-iptables is 0: a pod that reaches, through a Service, another"
              + " pod of the same bridge gets answers from an address that it did not ask;"
              + " `sysctl -w net.bridge.bridge-nf-call-iptables=1` if pods are on a bridge");
    }
    return lines.build();
  }

  private boolean holds(String file, String value) {
    return read(file).filter(value::equals).isPresent();
  }

  private Optional<String> read(String file) {
    try {
      return Optional.of(ProcFile.read(root.resolve(file)));
    } catch (IOException e) {
      return Optional.empty(); // not on this kernel, or not loaded: there is nothing to say
    }
  }
}
