/** What an operator sees from outside: metrics, health, and the HTTP servers that show them. */
@NullMarked
package io.fairlead.proxier.observe;

import org.jspecify.annotations.NullMarked;
