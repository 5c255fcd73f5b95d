/** What external load balancers ask a node about Services: {@code healthCheckNodePort}. */
@NullMarked
package io.fairlead.proxier.healthcheck;

import org.jspecify.annotations.NullMarked;
