/** An embedded PostgreSQL and tokens for tests of all modules. */
@NullMarked
package dev.herald.runtime.testing;

import org.jspecify.annotations.NullMarked;
