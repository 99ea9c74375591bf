/** What is done to an installation and when, drawn from a seed. */
@NullMarked
package dev.herald.reliability.schedule;

import org.jspecify.annotations.NullMarked;
