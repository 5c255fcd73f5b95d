/** The daemon's command line. */
@NullMarked
package io.fairlead.proxier;

import org.jspecify.annotations.NullMarked;
