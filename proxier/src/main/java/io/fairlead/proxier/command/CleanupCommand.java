package io.fairlead.proxier.command;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.Dataplane.Failure;
import io.fairlead.core.dataplane.DataplaneException;
import io.fairlead.core.plan.Planner;
import io.fairlead.core.plan.PlannerSettings;
import io.fairlead.core.reconcile.Reconciler;
import io.fairlead.core.reconcile.ReconcilerSettings;
import io.fairlead.netlink.NetlinkException;
import io.fairlead.proxier.host.SysctlRecord;
import io.fairlead.proxier.host.SysctlReturn;
import io.fairlead.proxier.host.Sysctls;
import io.fairlead.proxier.kernel.KernelDataplane;
import io.fairlead.proxier.settings.LocalDetector;
import io.fairlead.proxier.settings.Settings;
import io.fairlead.proxier.sync.Narration;
import io.fairlead.proxier.sync.OwnershipFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Takes down what Fairlead made: the virtual servers on kube-ipvs0's addresses and those of the
 * ownership record, then the device and the nf_tables table. Others' virtual servers stay, unlike
 * with {@code kube-proxy --cleanup}. It is the reconciler's answer to a cluster without Services.
 */
@Command(
    name = "cleanup",
    description = {
      "Remove what is Fairlead's from this node: virtual servers, kube-ipvs0, the nf_tables table;",
      "and put back the kernel parameters that it changed.",
      "Traffic to Services stops. Whatever others made stays.",
      "Stop the daemon first: it would put everything back."
    },
    mixinStandardHelpOptions = true)
final class CleanupCommand implements Callable<Integer> {
  @Option(
      names = "--ownership-record",
      defaultValue = "/run/fairlead/owned",
      description = "As given to `fairlead run`. Default: ${DEFAULT-VALUE}")
  private Path ownershipRecord = Path.of("/run/fairlead/owned");

  @Override
  public Integer call() throws NetlinkException, DataplaneException, IOException {
    var anyMasquerade = new Settings.Masquerade(14, false, new LocalDetector.None());
    try (KernelDataplane kernel = KernelDataplane.open(anyMasquerade)) {
      ImmutableList<Change> changes = everythingOurs(kernel);
      ImmutableList<Failure> failures = kernel.apply(changes);
      if (changes.isEmpty()) {
        System.out.println("there were no virtual servers of ours");
      } else {
        System.out.println(Narration.counts(done(changes, failures)));
      }
      failures.forEach(
          failure -> System.err.println(Narration.of(failure.change()) + ": " + failure.reason()));
      if (!failures.isEmpty()) {
        return 1;
      }
      KernelDataplane.Dismantled gone = kernel.dismantle();
      Files.deleteIfExists(ownershipRecord);
      System.out.println(line("device kube-ipvs0", gone.device()));
      System.out.println(line("nf_tables table fairlead", gone.table()));
      return putBackSysctls();
    }
  }

  /** Last: as long as something of ours is in the kernel, it may need them. */
  private int putBackSysctls() throws IOException {
    Sysctls sysctls = new Sysctls(Path.of("/proc/sys"), SysctlRecord.beside(ownershipRecord));
    int status = 0;
    for (SysctlReturn outcome : sysctls.putBack()) {
      switch (outcome) {
        case SysctlReturn.PutBack _, SysctlReturn.Left _ -> System.out.println(outcome);
        case SysctlReturn.Failed _ -> {
          System.err.println(outcome);
          status = 1;
        }
      }
    }
    return status;
  }

  private static String line(String what, boolean wasThere) {
    return wasThere ? what + " removed" : "there was no " + what;
  }

  private ImmutableList<Change> everythingOurs(KernelDataplane kernel) throws DataplaneException {
    Reconciler reconciler =
        new Reconciler(new Planner(PlannerSettings.of("rr")), new ReconcilerSettings(""));
    reconciler.observe(kernel.read(), new OwnershipFile(ownershipRecord).read());
    return reconciler.removals();
  }

  private static ImmutableList<Change> done(List<Change> changes, List<Failure> failures) {
    Set<Change> failed = failures.stream().map(Failure::change).collect(Collectors.toSet());
    return changes.stream()
        .filter(change -> !failed.contains(change))
        .collect(ImmutableList.toImmutableList());
  }
}
