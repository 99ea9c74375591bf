/** Workspaces, people, API keys, sessions and the tokens they are turned into. */
@NullMarked
package dev.herald.gateway.identity;

import org.jspecify.annotations.NullMarked;
