package dev.herald.campaign.whatsapp;

/** What WhatsApp says about a phone number. */
public record NumberInfo(
    String displayPhoneNumber,
    String verifiedName,
    String qualityRating,
    String messagingLimitTier) {}
