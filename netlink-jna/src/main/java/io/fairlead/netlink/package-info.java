/** Linux netlink: messages, attributes, sockets, batches and dumps, for any netlink family. */
@NullMarked
package io.fairlead.netlink;

import org.jspecify.annotations.NullMarked;
