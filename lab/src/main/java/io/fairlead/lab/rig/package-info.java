/** A cluster on one kernel: nodes, pods and clients, each a network namespace. */
@NullMarked
package io.fairlead.lab.rig;

import org.jspecify.annotations.NullMarked;
