/** Holds documents to what they say of the code. */
@NullMarked
package io.fairlead.proxier.docs;

import org.jspecify.annotations.NullMarked;
