/** nf_tables: tables, chains, sets, maps and rules, written in one atomic transaction. */
@NullMarked
package io.fairlead.netlink.nftables;

import org.jspecify.annotations.NullMarked;
