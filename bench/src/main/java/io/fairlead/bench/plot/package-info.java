/** Pictures of figures, for docs. */
@NullMarked
package io.fairlead.bench.plot;

import org.jspecify.annotations.NullMarked;
