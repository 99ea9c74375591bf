/** Faults put into the code on purpose, each of which a named test must find. */
@NullMarked
package dev.herald.reliability.mutant;

import org.jspecify.annotations.NullMarked;
