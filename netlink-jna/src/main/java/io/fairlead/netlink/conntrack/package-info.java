/** Connection tracking entries: list and delete. */
@NullMarked
package io.fairlead.netlink.conntrack;

import org.jspecify.annotations.NullMarked;
