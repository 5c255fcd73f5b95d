/** Addresses, prefixes and protocols: the vocabulary that every other package shares. */
@NullMarked
package io.fairlead.core.net;

import org.jspecify.annotations.NullMarked;
