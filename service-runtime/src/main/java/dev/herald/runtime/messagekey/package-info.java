/** The signed key that travels with a message through WhatsApp. */
@NullMarked
package dev.herald.runtime.messagekey;

import org.jspecify.annotations.NullMarked;
