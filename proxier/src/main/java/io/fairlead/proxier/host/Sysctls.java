package io.fairlead.proxier.host;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads and sets kernel parameters through /proc/sys, and puts them back. */
public final class Sysctls {
  private final Path procSys;
  private final SysctlRecord record;

  /**
   * @param procSys {@code /proc/sys}, of the network namespace of the calling thread; tests give a
   *     folder
   * @param record of what is changed; written before the kernel is
   */
  public Sysctls(Path procSys, SysctlRecord record) {
    this.procSys = procSys;
    this.record = record;
  }

  /**
   * Gives each parameter its value, in order, and goes on past one that fails. A parameter that has
   * its value already is not written: /proc/sys is read-only in an unprivileged container.
   */
  public ImmutableList<SysctlOutcome> set(List<Sysctl> plan) {
    return plan.stream().map(this::set).collect(ImmutableList.toImmutableList());
  }

  /**
   * Gives each parameter that an earlier {@link #set} changed the value that it had before, unless
   * somebody else has set it since, and forgets the record if nothing fails.
   */
  public ImmutableList<SysctlReturn> putBack() throws IOException {
    ImmutableList<SysctlReturn> returned =
        record.read().entrySet().stream()
            .map(it -> putBack(it.getKey(), it.getValue()))
            .collect(ImmutableList.toImmutableList());
    if (returned.stream().noneMatch(SysctlReturn.Failed.class::isInstance)) {
      record.delete();
    }
    return returned;
  }

  private SysctlReturn putBack(String key, SysctlRecord.Saved saved) {
    Path file = procSys.resolve(key);
    try {
      String now = ProcFile.read(file);
      if (!now.equals(saved.set())) {
        return new SysctlReturn.Left(key, now, saved.set());
      }
      Files.writeString(file, saved.before());
      return new SysctlReturn.PutBack(key, saved.before());
    } catch (NoSuchFileException e) {
      return new SysctlReturn.Left(key, "nothing", saved.set());
    } catch (IOException e) {
      return new SysctlReturn.Failed(key, saved.before(), reason(e));
    }
  }

  private SysctlOutcome set(Sysctl sysctl) {
    Path file = procSys.resolve(sysctl.key());
    String now;
    try {
      now = ProcFile.read(file);
    } catch (NoSuchFileException e) {
      return new SysctlOutcome.Missing(sysctl);
    } catch (IOException e) {
      return new SysctlOutcome.Refused(sysctl, "unknown", reason(e));
    }
    return now.equals(Integer.toString(sysctl.value()))
        ? new SysctlOutcome.Right(sysctl)
        : write(sysctl, file, now);
  }

  private SysctlOutcome write(Sysctl sysctl, Path file, String before) {
    record.note(sysctl, before);
    try {
      Files.writeString(file, Integer.toString(sysctl.value()));
      String after = ProcFile.read(file);
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
