/** A way in for systems that speak AiSensy's API: only the host and the key change. */
@NullMarked
package dev.herald.gateway.aisensy;

import org.jspecify.annotations.NullMarked;
