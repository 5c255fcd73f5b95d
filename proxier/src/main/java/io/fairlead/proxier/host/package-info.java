/** The machine under the daemon: its sysctls, kernel modules and this process's privileges. */
@NullMarked
package io.fairlead.proxier.host;

import org.jspecify.annotations.NullMarked;
