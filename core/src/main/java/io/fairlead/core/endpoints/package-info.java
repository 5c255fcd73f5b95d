/** Which endpoints a packet may be sent to: kube-proxy's CategorizeEndpoints. */
@NullMarked
package io.fairlead.core.endpoints;

import org.jspecify.annotations.NullMarked;
