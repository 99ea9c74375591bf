package dev.herald.campaign.audience;

import dev.herald.campaign.phone.PhoneNumber;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recipient about to be stored.
 *
 * @param lot the price line of an API call's message; 0: the campaign's
 * @param parameters in the order of the audience's columns
 */
public record NewRecipient(
    PhoneNumber phone, String name, int lot, List<@Nullable String> parameters) {}
