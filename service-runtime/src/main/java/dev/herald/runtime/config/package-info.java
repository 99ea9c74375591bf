/** Typed settings from the environment, with the sentences that explain them. */
@NullMarked
package dev.herald.runtime.config;

import org.jspecify.annotations.NullMarked;
