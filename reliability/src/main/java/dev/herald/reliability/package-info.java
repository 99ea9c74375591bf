/** Herald as real processes under seeded faults, and an oracle that judges what came of it. */
@NullMarked
package dev.herald.reliability;

import org.jspecify.annotations.NullMarked;
