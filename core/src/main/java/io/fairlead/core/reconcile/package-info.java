/** From what is in the kernel to what should be: the diff and the safe order of changes. */
@NullMarked
package io.fairlead.core.reconcile;

import org.jspecify.annotations.NullMarked;
