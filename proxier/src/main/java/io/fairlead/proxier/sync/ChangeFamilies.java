package io.fairlead.proxier.sync;

import com.google.common.collect.ImmutableSet;
import io.fairlead.core.dataplane.Change;
import io.fairlead.core.net.Family;

/** Which address families a change is about: each has a health and metrics of its own. */
final class ChangeFamilies {
  private static final ImmutableSet<Family> BOTH = ImmutableSet.copyOf(Family.values());

  private ChangeFamilies() {}

  static ImmutableSet<Family> of(Change change) {
    return switch (change) {
      case Change.CreateDevice _, Change.ReplaceFilter _, Change.EditFilter _ -> BOTH;
      case Change.BindAddress bind -> ImmutableSet.of(bind.address().family());
      case Change.UnbindAddress unbind -> ImmutableSet.of(unbind.address().family());
      case Change.AddVirtualServer add -> ImmutableSet.of(add.key().family());
      case Change.EditVirtualServer edit -> ImmutableSet.of(edit.key().family());
      case Change.RemoveVirtualServer remove -> ImmutableSet.of(remove.key().family());
      case Change.AddRealServer add -> ImmutableSet.of(add.key().family());
      case Change.EditRealServer edit -> ImmutableSet.of(edit.key().family());
      case Change.RemoveRealServer remove -> ImmutableSet.of(remove.key().family());
      case Change.ForgetFlows forget -> ImmutableSet.of(forget.key().family());
    };
  }
}
