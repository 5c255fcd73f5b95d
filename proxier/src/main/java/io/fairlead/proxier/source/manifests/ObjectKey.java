package io.fairlead.proxier.source.manifests;

import io.fairlead.core.cluster.ObjectName;
import io.fairlead.proxier.source.decode.ObjectKind;

/** Which object; the same name may belong to one object of each kind. */
record ObjectKey(ObjectKind kind, ObjectName name) {}
