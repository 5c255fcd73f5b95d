/** What servers of ours are known by. */
@NullMarked
package io.fairlead.proxier.tls;

import org.jspecify.annotations.NullMarked;
