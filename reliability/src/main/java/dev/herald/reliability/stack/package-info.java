/** The processes of an installation, which can be killed, frozen and cut off from each other. */
@NullMarked
package dev.herald.reliability.stack;

import org.jspecify.annotations.NullMarked;
