/** Random clusters in a real kernel, read back by the kernel's own tools. */
@NullMarked
package io.fairlead.lab.model;

import org.jspecify.annotations.NullMarked;
