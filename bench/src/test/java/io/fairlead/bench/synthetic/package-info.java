/** What the cluster generator promises, on which every figure rests. */
@NullMarked
package io.fairlead.bench.synthetic;

import org.jspecify.annotations.NullMarked;
