/** The HTTP edge of Herald: translates between HTTP and the services, and knows who may call. */
@NullMarked
package dev.herald.gateway;

import org.jspecify.annotations.NullMarked;
