/** The whole of Fairlead on a stock kernel, beside the floor: what {@code ./dev bench} runs. */
@NullMarked
package io.fairlead.bench.system;

import org.jspecify.annotations.NullMarked;
