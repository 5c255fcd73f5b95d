/** The whole proxy on a real kernel: objects in, packets out. */
@NullMarked
package io.fairlead.lab.proxier;

import org.jspecify.annotations.NullMarked;
