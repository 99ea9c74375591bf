package dev.herald.kafka;

import java.nio.file.Files;
import java.nio.file.Path;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** The process of the broker: formats its folder at the first start, then runs. */
final class BrokerMain {
  private BrokerMain() {}

  public static void main(String[] args) throws Exception {
    String properties = args[0];
    Path data = Path.of(args[1]);
    if (!Files.exists(data.resolve("meta.properties"))) {
      String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", properties};
      int result = StorageTool.execute(format, System.out);
      if (result != 0) {
        System.exit(result);
      }
    }
    Kafka.main(new String[] {properties});
  }
}
