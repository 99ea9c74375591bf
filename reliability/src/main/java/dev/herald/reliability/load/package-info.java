/** More than can be done, and for longer than a test lasts. */
@NullMarked
package dev.herald.reliability.load;

import org.jspecify.annotations.NullMarked;
