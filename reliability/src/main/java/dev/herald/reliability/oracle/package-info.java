/**
 * The judge: it shares no code with the services, reads only records and tables, and compares sets.
 */
@NullMarked
package dev.herald.reliability.oracle;

import org.jspecify.annotations.NullMarked;
