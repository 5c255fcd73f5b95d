package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/configuration.md lists every field and every flag, as the code has them. */
class ConfigReferenceTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");
  private static final String BEGIN = "<!-- What follows is made by ConfigReferenceTest. -->\n";

  /** With {@code -Dwrite-docs} it makes the page anew. */
  @Test
  void thePageIsWhatTheCodeSays() throws IOException {
    String page = Files.readString(PAGE);
    String kept = page.substring(0, page.indexOf(BEGIN) + BEGIN.length());
    String expect = kept + reference();
    if (System.getProperty("write-docs") != null) {
      Files.writeString(PAGE, expect);
    }

    assertEquals(expect, Files.readString(PAGE), "mvn -pl proxier -am test -Dwrite-docs");
  }

  @Test
  void everyFlagOfKubeProxysIsAFieldOrToldApart() {
    List<Flag> own = List.of(Flag.CONFIG, Flag.MASTER, Flag.HELP); // of the process that is started

    assertEquals(
        List.of(),
        Arrays.stream(Flag.values())
            .filter(flag -> !own.contains(flag))
            .filter(flag -> fields().noneMatch(it -> it.flag().equals(Optional.of(flag))))
            .toList());
  }

  @Test
  void whatIsIgnoredSaysWhy() {
    assertTrue(fields().allMatch(it -> it.flag().isPresent() != !it.note().isEmpty()));
  }

  private static Stream<ConfigField> fields() {
    return Stream.concat(ConfigField.KUBE_PROXY.stream(), ConfigField.FAIRLEAD.stream());
  }

  private static String reference() {
    return """

    ## KubeProxyConfiguration (`kubeproxy.config.k8s.io/v1alpha1`)

    | field | value | default | meaning |
    |---|---|---|---|
    %s
    ## FairleadConfiguration (`fairlead.io/v1alpha1`)

    | field | value | default | meaning |
    |---|---|---|---|
    %s
    ## Flags of `fairlead run`

    | flag | default | meaning |
    |---|---|---|
    %s\
    """
        .formatted(rows(ConfigField.KUBE_PROXY), rows(ConfigField.FAIRLEAD), flags());
  }

  private static String rows(List<ConfigField> fields) {
    return fields.stream().map(ConfigReferenceTest::row).collect(Collectors.joining());
  }

  private static String row(ConfigField field) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            field.path(),
            field.type().label(),
            field.flag().map(ConfigReferenceTest::byDefault).orElse(""),
            field
                .flag()
                .map(flag -> "`" + flag + "`: " + cell(flag.meaning()))
                .orElse("Ignored: " + field.note() + "."));
  }

  private static String flags() {
    return Arrays.stream(Flag.values())
        .map(flag ->
            "| `%s%s` | %s | %s |\n"
                .formatted(
                    flag,
                    flag.isSwitch() ? "" : " " + cell(flag.operand()),
                    byDefault(flag),
                    cell(flag.meaning())))
        .collect(Collectors.joining());
  }

  private static String byDefault(Flag flag) {
    return flag.byDefault().isEmpty() ? "" : "`" + flag.byDefault() + "`";
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }
}
