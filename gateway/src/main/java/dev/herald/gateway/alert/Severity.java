package dev.herald.gateway.alert;

/** Whether somebody should do something. */
enum Severity {
  INFO,
  WARNING
}
