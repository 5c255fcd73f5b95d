/** Big clusters that never were: the same ones for benchmarks and for tests. */
@NullMarked
package io.fairlead.lab.synthetic;

import org.jspecify.annotations.NullMarked;
