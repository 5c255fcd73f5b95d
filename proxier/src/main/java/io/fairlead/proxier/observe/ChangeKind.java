package io.fairlead.proxier.observe;

import io.fairlead.core.dataplane.Change;
import java.util.Locale;

/** The kinds of kernel change that metrics count apart. */
enum ChangeKind {
  CREATE_DEVICE,
  REPLACE_FILTER,
  EDIT_FILTER,
  BIND_ADDRESS,
  UNBIND_ADDRESS,
  ADD_VIRTUAL_SERVER,
  EDIT_VIRTUAL_SERVER,
  REMOVE_VIRTUAL_SERVER,
  ADD_REAL_SERVER,
  EDIT_REAL_SERVER,
  REMOVE_REAL_SERVER,
  FORGET_FLOWS;

  static ChangeKind of(Change change) {
    return switch (change) {
      case Change.CreateDevice _ -> CREATE_DEVICE;
      case Change.ReplaceFilter _ -> REPLACE_FILTER;
      case Change.EditFilter _ -> EDIT_FILTER;
      case Change.BindAddress _ -> BIND_ADDRESS;
      case Change.UnbindAddress _ -> UNBIND_ADDRESS;
      case Change.AddVirtualServer _ -> ADD_VIRTUAL_SERVER;
      case Change.EditVirtualServer _ -> EDIT_VIRTUAL_SERVER;
      case Change.RemoveVirtualServer _ -> REMOVE_VIRTUAL_SERVER;
      case Change.AddRealServer _ -> ADD_REAL_SERVER;
      case Change.EditRealServer _ -> EDIT_REAL_SERVER;
      case Change.RemoveRealServer _ -> REMOVE_REAL_SERVER;
      case Change.ForgetFlows _ -> FORGET_FLOWS;
    };
  }

  /** The value of the label {@code kind}. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
