/** The dashboard's static files. */
@NullMarked
package dev.herald.gateway.dashboard;

import org.jspecify.annotations.NullMarked;
