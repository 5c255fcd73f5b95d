/** The netlink library against a running kernel, each test in a network namespace of its own. */
@NullMarked
package io.fairlead.lab.netlink;

import org.jspecify.annotations.NullMarked;
