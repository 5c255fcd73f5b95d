/** Generic netlink: families found by name. */
@NullMarked
package io.fairlead.netlink.generic;

import org.jspecify.annotations.NullMarked;
