package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableList;
import io.fairlead.core.cluster.ObjectName;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.dataplane.RealServerOptions;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Changes in the words of an operator who thinks in {@code ipvsadm} and {@code ip}. */
public final class Narration {
  private Narration() {}

  /** One change, after the name of its Service if it has one. */
  static String of(Change change, Function<VirtualServerKey, Optional<ObjectName>> owner) {
    return virtualServer(change).flatMap(owner).map(name -> name + ": ").orElse("") + of(change);
  }

  /** How many changes there are of each kind: {@code 2 addresses bound, 1 virtual server added}. */
  public static String counts(List<Change> changes) {
    if (changes.isEmpty()) {
      return "nothing to change";
    }
    Map<String, Long> kinds = new TreeMap<>();
    count(changes, kinds);
    return counts(kinds);
  }

  /** Adds to the counts of each kind. */
  static void count(List<Change> changes, Map<String, Long> kinds) {
    for (Change change : changes) {
      kinds.merge(kind(change), 1L, Long::sum);
    }
  }

  /** Counts by kind, in words. */
  static String counts(Map<String, Long> kinds) {
    return kinds.entrySet().stream()
        .map(kind -> kind.getValue() + " × " + kind.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String kind(Change change) {
    return switch (change) {
      case Change.CreateDevice _ -> "device created";
      case Change.ReplaceFilter _ -> "nf_tables table written";
      case Change.EditFilter _ -> "nf_tables sets edited";
      case Change.BindAddress _ -> "address bound";
      case Change.UnbindAddress _ -> "address unbound";
      case Change.AddVirtualServer _ -> "virtual server added";
      case Change.EditVirtualServer _ -> "virtual server edited";
      case Change.RemoveVirtualServer _ -> "virtual server removed";
      case Change.AddRealServer _ -> "real server added";
      case Change.EditRealServer _ -> "real server edited";
      case Change.RemoveRealServer _ -> "real server removed";
      case Change.ForgetFlows _ -> "port's stale flows forgotten";
    };
  }

  /** One change, without the name of its Service. */
  public static String of(Change change) {
    return switch (change) {
      case Change.CreateDevice _ -> "create device kube-ipvs0";
      case Change.ReplaceFilter replace ->
          "write nf_tables table fairlead with " + replace.elements().size() + " elements";
      case Change.EditFilter edit ->
          "nf_tables sets:" + elements("+", edit.add()) + elements("-", edit.remove());
      case Change.BindAddress bind -> "bind " + bind.address() + " to kube-ipvs0";
      case Change.UnbindAddress unbind -> "unbind " + unbind.address() + " from kube-ipvs0";
      case Change.AddVirtualServer add -> "add " + add.key() + " " + options(add.options());
      case Change.EditVirtualServer edit -> "edit " + edit.key() + " " + options(edit.options());
      case Change.RemoveVirtualServer remove -> "remove " + remove.key();
      case Change.AddRealServer add ->
          add.key() + " -> " + add.server() + " added, " + options(add.options());
      case Change.EditRealServer edit ->
          edit.key()
              + " -> "
              + edit.server()
              + (edit.options().weight() == 0 ? " draining, " : " edited, ")
              + options(edit.options());
      case Change.RemoveRealServer remove -> remove.key() + " -> " + remove.server() + " removed";
      case Change.ForgetFlows forget -> forget.key() + " flows to former real servers forgotten";
    };
  }

  private static Optional<VirtualServerKey> virtualServer(Change change) {
    return switch (change) {
      case Change.AddVirtualServer add -> Optional.of(add.key());
      case Change.EditVirtualServer edit -> Optional.of(edit.key());
      case Change.RemoveVirtualServer remove -> Optional.of(remove.key());
      case Change.AddRealServer add -> Optional.of(add.key());
      case Change.EditRealServer edit -> Optional.of(edit.key());
      case Change.RemoveRealServer remove -> Optional.of(remove.key());
      case Change.ForgetFlows forget -> Optional.of(forget.key());
      case Change.CreateDevice _,
          Change.ReplaceFilter _,
          Change.EditFilter _,
          Change.BindAddress _,
          Change.UnbindAddress _ ->
          Optional.empty();
    };
  }

  private static String options(VirtualServerOptions options) {
    return options.scheduler()
        + (options.isPersistent() ? " persistent " + options.persistenceSeconds() + " s" : "");
  }

  private static String options(RealServerOptions options) {
    return "weight " + options.weight();
  }

  private static String elements(String sign, ImmutableList<SetElement> elements) {
    if (elements.size() > 4) {
      return " " + sign + elements.size() + " elements";
    }
    return elements.stream().map(element -> " " + sign + of(element)).collect(Collectors.joining());
  }

  private static String of(SetElement element) {
    return switch (element) {
      case SetElement.Vip vip -> "vips{" + vip.address() + "}";
      case SetElement.ServicePort port ->
          Stream.of(port.address(), port.protocol(), port.port())
              .map(Object::toString)
              .collect(Collectors.joining(" . ", setName(port.set()) + "{", "}"));
      case SetElement.Hairpin pin ->
          "hairpin{" + pin.address() + " . " + pin.protocol() + " . " + pin.port() + "}";
      case SetElement.LocalOnly local ->
          "local_only{%s . %s . %d : 0x%x}"
              .formatted(local.address(), local.protocol(), local.port(), local.mark());
      case SetElement.Allowed allowed ->
          "allowed{%s . %s . %d . %s}"
              .formatted(allowed.address(), allowed.protocol(), allowed.port(), allowed.sources());
      case SetElement.PodRange pods -> "pods{" + pods.range() + "}";
    };
  }

  private static String setName(SetElement.ServicePort.Set set) {
    return switch (set) {
      case SERVICES -> "services";
      case MASQUERADE -> "masquerade";
      case CLUSTER_IPS -> "cluster_ips";
      case NO_ENDPOINTS -> "no_endpoints";
      case NO_LOCAL -> "no_local";
      case NO_LOCAL_EXTERNAL -> "no_local_external";
      case LIMITED -> "limited";
    };
  }
}
