/** What every service process needs and nothing about campaigns. */
@NullMarked
package dev.herald.runtime;

import org.jspecify.annotations.NullMarked;
