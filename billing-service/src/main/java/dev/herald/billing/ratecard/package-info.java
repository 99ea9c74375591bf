/** What a message costs: dated cards from files, the market of a country, Meta's dated rules. */
@NullMarked
package dev.herald.billing.ratecard;

import org.jspecify.annotations.NullMarked;
