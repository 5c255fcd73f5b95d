/** The commands beside the daemon: they look at the kernel, do one thing, and end. */
@NullMarked
package io.fairlead.proxier.command;

import org.jspecify.annotations.NullMarked;
