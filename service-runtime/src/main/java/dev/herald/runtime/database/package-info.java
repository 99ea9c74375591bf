/** A service's schema in PostgreSQL: migration, pool, JDBI. */
@NullMarked
package dev.herald.runtime.database;

import org.jspecify.annotations.NullMarked;
