/** What {@code ./dev demo} shows: the packaged command at work on a kernel. */
@NullMarked
package io.fairlead.lab.demo;

import org.jspecify.annotations.NullMarked;
