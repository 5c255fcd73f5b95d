/** How the daemon tells an operator what happens: one line per record, and no flood of repeats. */
@NullMarked
package io.fairlead.proxier.log;

import org.jspecify.annotations.NullMarked;
