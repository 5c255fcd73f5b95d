/** What the code costs by itself, in time and in garbage, without a kernel. */
@NullMarked
package io.fairlead.bench.code;

import org.jspecify.annotations.NullMarked;
