/**
 * Services and endpoints from a folder of ordinary manifests, for load balancers without a cluster.
 */
@NullMarked
package io.fairlead.proxier.source.manifests;

import org.jspecify.annotations.NullMarked;
