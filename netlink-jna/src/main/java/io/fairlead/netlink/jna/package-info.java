/** The only package that calls C: libc, and the native library beside it. */
@NullMarked
package io.fairlead.netlink.jna;

import org.jspecify.annotations.NullMarked;
