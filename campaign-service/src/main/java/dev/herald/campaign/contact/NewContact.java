package dev.herald.campaign.contact;

import dev.herald.campaign.phone.PhoneNumber;
import java.util.List;
import java.util.Map;

/** What is said about a person; an empty name says nothing. */
public record NewContact(
    PhoneNumber phone, String name, List<String> tags, Map<String, String> attributes) {}
