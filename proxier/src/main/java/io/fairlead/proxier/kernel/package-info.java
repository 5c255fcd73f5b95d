/** The dataplane that is the kernel: addresses, IPVS and nf_tables behind one door. */
@NullMarked
package io.fairlead.proxier.kernel;

import org.jspecify.annotations.NullMarked;
