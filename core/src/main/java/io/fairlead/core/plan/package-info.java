/** What should be: one Service and its endpoints in, the kernel objects it needs out. */
@NullMarked
package io.fairlead.core.plan;

import org.jspecify.annotations.NullMarked;
