package io.fairlead.proxier.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.plan.MarkRange;
import io.fairlead.core.plan.NodePortAddresses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Pins every default, so that none changes unnoticed. */
class DefaultSettingsTest {
  @Test
  void withoutFlagsTheSettingsAreThoseOfKubeProxy() {
    RunArguments read = RunArguments.read(List.of(), () -> "Node-1\n");

    assertEquals(
        new Settings(
            new Settings.Source.Kubernetes(Optional.empty(), Optional.empty(), Optional.empty()),
            "node-1",
            new Settings.Ipvs(
                "rr",
                Duration.ofSeconds(30),
                Duration.ZERO,
                false,
                ImmutableList.of(),
                new Settings.Timeouts(Duration.ZERO, Duration.ZERO, Duration.ZERO),
                Duration.ofMinutes(1),
                Duration.ZERO),
            NodePortAddresses.ALL,
            new MarkRange(0x1000, 0x3fff, 0x4000),
            new Settings.Masquerade(14, false, new LocalDetector.None()),
            new Settings.Conntrack(
                32768,
                131072,
                Duration.ofHours(24),
                Duration.ofHours(1),
                false,
                Duration.ZERO,
                Duration.ZERO),
            new Settings.Servers(
                Optional.of(new BindAddress(IpAddress.parse("0.0.0.0"), 10256)),
                Optional.of(new BindAddress(IpAddress.parse("127.0.0.1"), 10249)),
                false),
            Path.of("/run/fairlead/owned"),
            0),
        assertInstanceOf(RunArguments.Accepted.class, read).settings());
  }

  @Test
  void theMasqueradeMarkIsTheBit() {
    assertEquals(0x4000, new Settings.Masquerade(14, false, new LocalDetector.None()).mark());
    assertEquals(
        Integer.MIN_VALUE, new Settings.Masquerade(31, false, new LocalDetector.None()).mark());
  }
}
