/** Several nodes, each with a Fairlead process of its own, under load while everything changes. */
@NullMarked
package io.fairlead.lab.cluster;

import org.jspecify.annotations.NullMarked;
