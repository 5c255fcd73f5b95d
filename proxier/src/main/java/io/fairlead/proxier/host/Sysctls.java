package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads and sets kernel parameters through /proc/sys. */
public final class Sysctls {
  private final Path procSys;

  /**
   * @param procSys {@code /proc/sys}, of the network namespace of the calling thread; tests give a
   *     folder
   */
  public Sysctls(Path procSys) {
    this.procSys = procSys;
  }

  /**
   * Gives each parameter its value, in order, and goes on past one that fails. A parameter that has
   * its value already is not written: /proc/sys is read-only in an unprivileged container.
   */
  public ImmutableList<SysctlOutcome> set(List<Sysctl> plan) {
    return plan.stream().map(this::set).collect(ImmutableList.toImmutableList());
  }

  private SysctlOutcome set(Sysctl sysctl) {
    Path file = procSys.resolve(sysctl.key());
    String now;
    try {
      now = Files.readString(file).strip();
    } catch (NoSuchFileException e) {
      return new SysctlOutcome.Missing(sysctl);
    } catch (IOException e) {
      return new SysctlOutcome.Refused(sysctl, "unknown", reason(e));
    }
    return now.equals(Integer.toString(sysctl.value()))
        ? new SysctlOutcome.Right(sysctl)
        : write(sysctl, file, now);
  }

  private static SysctlOutcome write(Sysctl sysctl, Path file, String before) {
    try {
      Files.writeString(file, Integer.toString(sysctl.value()));
      String after = Files.readString(file).strip();
      return after.equals(Integer.toString(sysctl.value()))
          ? new SysctlOutcome.Changed(sysctl, before)
          : new SysctlOutcome.Refused(sysctl, after, "the kernel kept its value");
    } catch (IOException e) {
      return new SysctlOutcome.Refused(sysctl, before, reason(e));
    }
  }

  /** The errno's text; the file's name, with which some messages begin, is said elsewhere. */
  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException f when f.getReason() != null -> f.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
