/** All of Herald in one process on an embedded PostgreSQL: for a first look, demos and tests. */
@NullMarked
package dev.herald.standalone;

import org.jspecify.annotations.NullMarked;
