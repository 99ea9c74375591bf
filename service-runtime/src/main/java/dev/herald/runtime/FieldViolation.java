package dev.herald.runtime;

/**
 * What is wrong with one field of a request.
 *
 * @param field path of the field in the request, in proto notation: {@code audience.rows[3].phone}
 * @param reason machine-readable, UPPER_SNAKE_CASE or the id of a validation rule
 * @param message for a person: what is wrong and what to do
 */
public record FieldViolation(String field, String reason, String message) {}
