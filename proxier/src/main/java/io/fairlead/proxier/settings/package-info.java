/** What the operator asked for: flags with kube-proxy's names, checked and made values. */
@NullMarked
package io.fairlead.proxier.settings;

import org.jspecify.annotations.NullMarked;
