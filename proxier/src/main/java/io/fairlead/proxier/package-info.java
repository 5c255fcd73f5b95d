/** The daemon, and the command that starts it. */
@NullMarked
package io.fairlead.proxier;

import org.jspecify.annotations.NullMarked;
