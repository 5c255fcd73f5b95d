/** What a crossing into C costs, and what fewer of them save. */
@NullMarked
package io.fairlead.bench.netlink;

import org.jspecify.annotations.NullMarked;
