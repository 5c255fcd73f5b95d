/** What the kernel holds, the changes it takes, and the one door to it. */
@NullMarked
package io.fairlead.core.dataplane;

import org.jspecify.annotations.NullMarked;
