package dev.herald.runtime.database;

import dev.herald.runtime.config.Secret;
import dev.herald.runtime.config.Settings;

/** Where a service's schema lives and how many connections the service may hold. */
public record DatabaseConfig(String url, String user, Secret password, int poolSize) {

  public static DatabaseConfig from(Settings settings) {
    return new DatabaseConfig(
        settings.string(
            "HERALD_DB_URL",
            "jdbc:postgresql://localhost:5432/herald",
            "JDBC address of the PostgreSQL 18 database."),
        settings.required(
            "HERALD_DB_USER", "The database role of this service; it owns the service's schema."),
        settings.secret("HERALD_DB_PASSWORD", "The password of that role."),
        settings.integer(
            "HERALD_DB_POOL", 16, 1, 500, "Most connections this process holds to the database."));
  }
}
