package dev.herald.reliability;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A command and its {@code --name value} words. */
record Options(String command, Map<String, String> values) {

  static Options parse(List<String> words) {
    Map<String, String> values = new HashMap<>();
    String command = "schedules";
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (!word.startsWith("--")) {
        if (i > 0) {
          throw new IllegalArgumentException("Not understood: " + word);
        }
        command = word;
      } else if (word.equals("--help")) {
        values.put("help", "");
      } else if (i + 1 < words.size()) {
        values.put(word.substring(2), words.get(++i));
      } else {
        throw new IllegalArgumentException(word + " needs a value");
      }
    }
    return new Options(command, values);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  String text(String name, String fallback) {
    return values.getOrDefault(name, fallback);
  }

  int integer(String name, int fallback) {
    String value = values.get(name);
    return value == null ? fallback : Integer.parseInt(value);
  }
}
