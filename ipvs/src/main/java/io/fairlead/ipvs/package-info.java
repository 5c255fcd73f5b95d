/** IPVS over generic netlink, in core's types. */
@NullMarked
package io.fairlead.ipvs;

import org.jspecify.annotations.NullMarked;
