/**
 * Turns Kubernetes objects, read token by token, into the model: checked, and only what is used.
 */
@NullMarked
package io.fairlead.proxier.source.decode;

import org.jspecify.annotations.NullMarked;
