/** The run of the kernel tests, inside the guest. */
@NullMarked
package io.fairlead.lab;

import org.jspecify.annotations.NullMarked;
