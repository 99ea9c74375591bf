package dev.herald.campaign.audience;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.herald.runtime.HeraldException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any file is read to its end or refused with a reason; nothing else happens. */
class CsvFileFuzz {
  @MethodSource("files")
  @FuzzTest(maxDuration = "4s")
  void aFileIsReadOrRefused(byte[] bytes) throws IOException {
    try {
      CsvFile file = CsvFile.open(new ByteArrayInputStream(bytes));
      AudienceReader.RowLayout layout = new AudienceReader.RowLayout(file.columns());
      while (file.hasNext()) {
        String[] fields = file.next();
        if (!layout.isTooWide(fields)) {
          layout.phone(fields);
          layout.name(fields);
          layout.parameters(fields);
        }
      }
    } catch (HeraldException e) {
      if (e.kind() != HeraldException.Kind.INVALID || !e.reason().startsWith("CSV_")) {
        throw e;
      }
    }
  }

  static Stream<byte[]> files() {
    return Stream.of(
            "phone,name\n+919800000000,Asha\n",
            "\uFEFFphone;name\r\n\"+919800000000\";\"A \"\"B\"\"\"\r\n",
            "phone\tname\r+919800000000\tA\r",
            "phone,name\n\"never closed",
            "phone,phone\n1,2\n",
            "phone\n\n\n+919800000000,too,many\n",
            "PK\u0003\u0004")
        .flatMap(
            text ->
                Stream.of(
                    text.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_16)));
  }
}
