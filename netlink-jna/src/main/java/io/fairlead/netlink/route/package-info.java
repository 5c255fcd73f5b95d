/** rtnetlink: links, addresses, routes and neighbours. */
@NullMarked
package io.fairlead.netlink.route;

import org.jspecify.annotations.NullMarked;
