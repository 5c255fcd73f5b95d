package io.fairlead.core.reconcile;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Iterables;
import io.fairlead.core.dataplane.KernelState;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.LocalOnly;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.dataplane.VirtualServerKey.Addressed;
import io.fairlead.core.dataplane.VirtualServerKey.Marked;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a packet may meet at any moment while changes are being made: never a half-made port.
 *
 * @param before the kernel before the changes
 * @param after what they lead to
 */
record Moments(Life life, KernelState before, Sources after) {
  private static final Set<Cidr> EVERYONE = Set.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0"));

  static Moments of(Life life) {
    ReferenceModel model = life.reference();
    var after = new Sources(new HashMap<>());
    model.addressed.keySet().forEach(key -> after.put(key, model.elements));
    return new Moments(life, life.kernel.read(), after);
  }

  /** Who may open connections to which port. */
  private record Sources(Map<Addressed, Set<Cidr>> of) {
    void put(Addressed key, Set<SetElement> elements) {
      of.put(key, isIn(elements, key, ServicePort.Set.LIMITED) ? allowed(elements, key) : EVERYONE);
    }

    boolean have(Addressed key, Cidr source) {
      return of.getOrDefault(key, Set.of()).stream().anyMatch(it -> holds(it, source));
    }
  }

  void assertSafe() {
    KernelState now = life.kernel.read();
    for (VirtualServerKey key : now.virtualServers().keySet()) {
      if (key instanceof Addressed at && !Life.STRANGERS.contains(key)) {
        if (takes(now, at) || after.of.containsKey(at)) {
          assertHasItsRulesAndAddress(now, at);
        }
        if (takes(now, at)) {
          assertNobodyElseMayCome(now, at);
          assertOutsidersAreMaskedOrKeptToThisNode(now, at);
        }
      }
    }
    for (IpAddress address : now.boundAddresses()) {
      check(
          now.nodeAddresses().contains(address)
              || life.moved.contains(address)
              || now.elements().contains(new SetElement.Vip(address)),
          "unguarded " + address);
    }
    for (SetElement element : now.elements()) {
      if (element instanceof LocalOnly local) {
        check(now.virtualServers().containsKey(marked(local)), "nobody takes " + local);
      }
    }
  }

  private void assertHasItsRulesAndAddress(KernelState now, Addressed key) {
    check(isIn(now.elements(), key, ServicePort.Set.SERVICES), "no rule for " + key);
    check(
        now.boundAddresses().contains(key.address())
            || now.nodeAddresses().contains(key.address())
            || life.moved.contains(key.address()),
        "no address for " + key);
  }

  /** No source that neither the old nor the new Service lets in. */
  private void assertNobodyElseMayCome(KernelState now, Addressed key) {
    var old = new Sources(new HashMap<>());
    boolean wasThere = before.virtualServers().containsKey(key);
    if (takes(before, key) || (wasThere && isIn(before.elements(), key, ServicePort.Set.LIMITED))) {
      old.put(key, before.elements());
    }
    var current = new Sources(new HashMap<>());
    current.put(key, now.elements());
    for (Cidr source : Iterables.concat(current.of.values())) {
      if (source.family() == key.family()) {
        check(old.have(key, source) || after.have(key, source), source + " may use " + key);
      }
    }
  }

  /** Pods elsewhere answer past this node if they see a client's own address. */
  private void assertOutsidersAreMaskedOrKeptToThisNode(KernelState now, Addressed key) {
    if (life.settings.podsKnown().contains(key.family())) {
      Set<SetElement> elements = now.elements();
      check(
          isIn(elements, key, ServicePort.Set.CLUSTER_IPS)
              || isIn(elements, key, ServicePort.Set.MASQUERADE)
              || isIn(elements, key, ServicePort.Set.NO_LOCAL_EXTERNAL)
              || elements.stream().anyMatch(it -> it instanceof LocalOnly l && l.key().equals(key)),
          "outsiders reach other nodes by " + key);
    }
  }

  /** Whether a new connection would get anywhere. */
  private static boolean takes(KernelState state, Addressed key) {
    Set<VirtualServerKey> ways = new HashSet<>(Set.of(key));
    state
        .elements()
        .forEach(it -> {
          if (it instanceof LocalOnly local && local.key().equals(key)) {
            ways.add(marked(local));
          }
        });
    return !isIn(state.elements(), key, ServicePort.Set.NO_ENDPOINTS)
        && ways.stream().anyMatch(way -> isServing(state, way));
  }

  private static boolean isServing(KernelState state, VirtualServerKey key) {
    return Optional.ofNullable(state.virtualServers().get(key))
        .filter(it -> it.realServers().values().stream().anyMatch(o -> o.weight() > 0))
        .isPresent();
  }

  private static VirtualServerKey marked(LocalOnly local) {
    return new Marked(local.mark(), local.family());
  }

  private static boolean isIn(Set<SetElement> elements, Addressed key, ServicePort.Set set) {
    return elements.contains(new ServicePort(set, key.address(), key.protocol(), key.port()));
  }

  private static Set<Cidr> allowed(Set<SetElement> elements, Addressed key) {
    Set<Cidr> allowed = new HashSet<>();
    for (SetElement element : elements) {
      if (element instanceof SetElement.Allowed it && it.key().equals(key)) {
        allowed.add(it.sources());
      }
    }
    return allowed;
  }

  private static boolean holds(Cidr outer, Cidr inner) {
    return outer.prefix() <= inner.prefix() && outer.contains(inner.base());
  }

  private void check(boolean holds, String otherwise) {
    assertTrue(
        holds, () -> life.where() + " after " + life.kernel.log().getLast() + ": " + otherwise);
  }
}
