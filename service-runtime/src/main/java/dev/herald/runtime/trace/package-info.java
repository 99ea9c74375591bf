/** What of one request happened where: spans by OpenTelemetry, and the same ids in the log. */
@NullMarked
package dev.herald.runtime.trace;

import org.jspecify.annotations.NullMarked;
