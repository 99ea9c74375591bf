/** Money set aside for campaigns and settled from what analytics has proven. */
@NullMarked
package dev.herald.billing.reservation;

import org.jspecify.annotations.NullMarked;
