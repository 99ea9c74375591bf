/** What tests of this module share: a whole service between stand-ins that speak the contract. */
@NullMarked
package dev.herald.campaign.testing;

import org.jspecify.annotations.NullMarked;
