/**
 * What is: the objects of a cluster as Fairlead sees them, and the state that follows their events.
 */
@NullMarked
package io.fairlead.core.cluster;

import org.jspecify.annotations.NullMarked;
