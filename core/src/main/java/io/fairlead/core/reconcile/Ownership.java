package io.fairlead.core.reconcile;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.VirtualServerKey;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.core.plan.DesiredState;
import io.fairlead.core.plan.Frontend;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** Whose the virtual servers in the kernel are. */
final class Ownership {
  private final DesiredState desired;
  private final Belief belief;
  private final ImmutableList<Cidr> excludeCidrs;

  /** Virtual servers that are ours although their address need not be on kube-ipvs0. */
  private final Set<VirtualServerKey> ours = new HashSet<>();

  /** Those of ours that their address does not give away, now or after the next changes. */
  private final KeySet offDevice = new KeySet();

  /** Wanted virtual servers that are somebody else's, and left alone. */
  private final KeySet strangers = new KeySet();

  private long strangersVersion;

  /** The first pass takes over what is wanted and there already: kube-proxy's, mostly. */
  private boolean adopting = true;

  /**
   * @param excludeCidrs what Fairlead did not make there is never its own
   */
  Ownership(DesiredState desired, Belief belief, ImmutableList<Cidr> excludeCidrs) {
    this.desired = desired;
    this.belief = belief;
    this.excludeCidrs = excludeCidrs;
  }

  /**
   * Takes what an earlier run wrote down as its own.
   *
   * @return those that are news
   */
  ImmutableSet<VirtualServerKey> recorded(Set<VirtualServerKey> owned) {
    return owned.stream().filter(ours::add).collect(ImmutableSet.toImmutableSet());
  }

  /** Whether everything wanted that is there already is taken over. */
  boolean isAdopting() {
    return adopting;
  }

  void adopted() {
    adopting = false;
  }

  /** Whether a virtual server in the kernel was made by Fairlead, or by kube-proxy before it. */
  boolean isOurs(VirtualServerKey key) {
    return ours.contains(key) || (isBound(key) && !isExcluded(key));
  }

  /** Whether somebody else made it, and had it before any Service wanted it. */
  boolean isStranger(VirtualServerKey key) {
    return !adopting && belief.virtualServer(key).isPresent() && !isOurs(key);
  }

  /** Ours, as far as they are written down. */
  Set<VirtualServerKey> ours() {
    return Collections.unmodifiableSet(ours);
  }

  ImmutableSet<VirtualServerKey> offDevice() {
    return offDevice.copy();
  }

  ImmutableSet<VirtualServerKey> strangers() {
    return strangers.copy();
  }

  /** Goes up whenever {@link #strangers} differs. */
  long strangersVersion() {
    return strangersVersion;
  }

  /** The marks by which others' virtual servers go. */
  ImmutableSet<Integer> othersMarks() {
    var marks = ImmutableSet.<Integer>builder();
    for (VirtualServerKey key : belief.keys()) {
      if (key instanceof VirtualServerKey.Marked(int mark, Family _) && !isOurs(key)) {
        marks.add(mark);
      }
    }
    return marks.build();
  }

  /** Judges a virtual server anew, after what is wanted of it or held may have changed. */
  void judge(VirtualServerKey key) {
    boolean isWanted = desired.frontend(key).isPresent();
    boolean isHeld = belief.virtualServer(key).isPresent();
    boolean isStranger = isStranger(key);
    if (strangers.keep(key, isStranger && isWanted)) {
      strangersVersion++;
    }
    boolean isOurs = !isStranger && (isWanted || (isHeld && isOurs(key)));
    if (isOurs) {
      ours.add(key);
    } else {
      ours.remove(key);
    }
    // Whatever of the next changes is done before a crash, the record or the address must tell.
    offDevice.keep(key, isOurs && !(isToBeBound(key) && (!isHeld || isBound(key))));
  }

  private boolean isExcluded(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Addressed(IpAddress address, int _, Protocol _)
        && excludeCidrs.stream().anyMatch(cidr -> cidr.contains(address));
  }

  /** Never a node port: its address may be bound for another's sake, and only for a while. */
  private boolean isToBeBound(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Addressed(IpAddress address, int _, Protocol _)
        && desired.isBound(address)
        && desired.frontend(key).filter(it -> it.kind() != Frontend.Kind.NODE).isPresent();
  }

  private boolean isBound(VirtualServerKey key) {
    return key instanceof VirtualServerKey.Addressed(IpAddress address, int _, Protocol _)
        && belief.boundAddresses().contains(address);
  }
}
