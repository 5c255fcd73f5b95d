/** Services, endpoints and the own Node from an API server: list once, then watch for ever. */
@NullMarked
package io.fairlead.proxier.source.kubernetes;

import org.jspecify.annotations.NullMarked;
