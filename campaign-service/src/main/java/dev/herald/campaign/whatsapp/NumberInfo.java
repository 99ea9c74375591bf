package dev.herald.campaign.whatsapp;

/**
 * What WhatsApp says about a phone number.
 *
 * @param throughputLevel STANDARD or HIGH
 */
public record NumberInfo(
    String displayPhoneNumber,
    String verifiedName,
    String qualityRating,
    String messagingLimitTier,
    String throughputLevel) {}
