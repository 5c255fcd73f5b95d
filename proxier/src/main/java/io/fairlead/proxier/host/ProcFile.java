package io.fairlead.proxier.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads the small files in which the kernel shows a value each. */
final class ProcFile {
  private static final int LONGEST = 4096; // a page

  private ProcFile() {}

  /**
   * Reads the value in one system call. A second one, from where the first ended, finds the end of
   * file (do_proc_dointvec); and {@link Files#readString} reads a byte to begin with, since these
   * files say that they are empty.
   */
  static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = new byte[LONGEST];
      int length = in.read(text);
      return new String(text, 0, Math.max(0, length), UTF_8).strip();
    }
  }
}
