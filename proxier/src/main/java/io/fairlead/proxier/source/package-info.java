/** Where Services and endpoints come from: a Kubernetes API server, or a folder of manifests. */
@NullMarked
package io.fairlead.proxier.source;

import org.jspecify.annotations.NullMarked;
