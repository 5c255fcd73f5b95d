/** The sync loop: events in, kernel changes out, and the audit that repairs drift. */
@NullMarked
package io.fairlead.proxier.sync;

import org.jspecify.annotations.NullMarked;
