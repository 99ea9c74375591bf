package dev.herald.campaign.audience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.protobuf.ByteString;
import dev.herald.campaign.phone.Parsed;
import dev.herald.campaign.phone.PhoneNumbers;
import dev.herald.campaign.testing.Stage;
import dev.herald.campaign.v1.AudienceFile;
import dev.herald.campaign.v1.AudienceImport;
import dev.herald.campaign.v1.Campaign;
import dev.herald.campaign.v1.Channel;
import dev.herald.campaign.v1.GetAudienceImportRequest;
import dev.herald.campaign.v1.ListRecipientsRequest;
import dev.herald.campaign.v1.Recipient;
import dev.herald.campaign.v1.RowError;
import dev.herald.common.v1.CampaignType;
import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file somebody may upload has a clear result, and one bad row leaves its neighbours alone.
 */
class HostileFilesTest {
  private static final String TEN_MEGABYTES = "x".repeat(10 * 1024 * 1024);
  private static Stage stage;
  private static Channel channel;

  @BeforeAll
  static void open() {
    stage = Stage.open(1000);
    channel = stage.readyChannel(500);
  }

  @AfterAll
  static void close() {
    stage.close();
  }

  private static Campaign draft() {
    return stage.draft(channel, stage.template(channel, "simple_news"), CampaignType.BROADCAST);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] random() {
    byte[] noise = new byte[200_000];
    new Random(7).nextBytes(noise);
    return noise;
  }

  static List<Arguments> unreadable() {
    String wide =
        IntStream.range(0, 999).mapToObj(i -> "c" + i).collect(Collectors.joining(",")) + ",phone";
    return List.of(
        Arguments.of("an empty file", "CSV_EMPTY", new byte[0]),
        Arguments.of("a byte order mark alone", "CSV_EMPTY", bytes(0xEF, 0xBB, 0xBF)),
        Arguments.of("a header alone", "CSV_EMPTY", utf8("phone,first_name\n")),
        Arguments.of("blank rows alone", "CSV_EMPTY", utf8("phone,first_name\n\n , \n,\n")),
        Arguments.of("the wrong separator", "CSV_NO_PHONE_COLUMN", utf8("phone:name\n+91:x\n")),
        Arguments.of("no header", "CSV_NO_PHONE_COLUMN", utf8("+919800000001,Asha\n")),
        Arguments.of("a column twice", "CSV_DUPLICATE_COLUMN", utf8("phone,city,City\n+91,a,b\n")),
        Arguments.of("phone twice", "CSV_DUPLICATE_COLUMN", utf8("phone,PHONE\n+91,+91\n")),
        Arguments.of("1,000 columns", "CSV_TOO_MANY_COLUMNS", utf8(wide + "\n1\n")),
        Arguments.of(
            "a line of 10 MB",
            "CSV_LINE_TOO_LONG",
            utf8("phone,a\n+919800000001," + TEN_MEGABYTES)),
        Arguments.of("a header of 10 MB", "CSV_LINE_TOO_LONG", utf8("phone," + TEN_MEGABYTES)),
        Arguments.of(
            "a quotation that never ends",
            "CSV_LINE_TOO_LONG",
            utf8("phone,a\n+919800000001,\"" + "b,c\n".repeat(50_000))),
        Arguments.of(
            "a quotation open at the end", "CSV_MALFORMED", utf8("phone,a\n+919800000001,\"b")),
        Arguments.of(
            "UTF-16 without a mark",
            "CSV_ENCODING",
            "phone,a\n+919800000001,b\n".getBytes(StandardCharsets.UTF_16LE)),
        Arguments.of(
            "Latin-1",
            "CSV_ENCODING",
            "phone,a\n+919800000001,Ren\u00e9e\n".getBytes(StandardCharsets.ISO_8859_1)),
        Arguments.of("a spreadsheet", "CSV_MALFORMED", bytes('P', 'K', 3, 4, 0, 0)),
        Arguments.of("noise", null, random()));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("unreadable")
  void aFileThatCannotBeReadIsRefusedWithTheReasonAndChangesNothing(
      String what, String reason, byte[] file) {
    Campaign draft = draft();
    stage.upload(draft.getId(), Stage.people(3, "first_name"));
    String refused = Stage.reasonOf(() -> stage.upload(draft.getId(), file, 256 * 1024));
    assertThat(refused).startsWith("CSV_");
    if (reason != null) {
      assertThat(refused).isEqualTo(reason);
    }
    assertThat(stage.get(draft.getId()).getAudience()).isEqualTo(3);
    AudienceImport last = last(draft);
    assertThat(last.getState()).isEqualTo(AudienceImport.State.FAILED);
    assertThat(last.getFailureReason()).isEqualTo(refused);
    assertThat(last.getFailureMessage()).isNotBlank();
  }

  private static AudienceImport last(Campaign draft) {
    return stage
        .audiences()
        .getAudienceImport(
            GetAudienceImportRequest.newBuilder().setCampaignId(draft.getId()).build())
        .getImport();
  }

  static List<Arguments> readable() {
    String csv = "phone;first_name\r\n+919800000001;Asha\r\n+919800000002;Zo\u00eb\r\n";
    return List.of(
        Arguments.of("semicolons", csv, StandardCharsets.UTF_8, ""),
        Arguments.of("UTF-8 with a mark", csv, StandardCharsets.UTF_8, "\uFEFF"),
        Arguments.of("UTF-16 big-endian", csv, StandardCharsets.UTF_16BE, "\uFEFF"),
        Arguments.of("UTF-16 little-endian", csv, StandardCharsets.UTF_16LE, "\uFEFF"),
        Arguments.of("tabs", csv.replace(';', '\t'), StandardCharsets.UTF_8, ""),
        Arguments.of("bars", csv.replace(';', '|'), StandardCharsets.UTF_8, ""),
        Arguments.of("old line ends", csv.replace("\r\n", "\r"), StandardCharsets.UTF_8, ""),
        Arguments.of("no last line end", csv.strip(), StandardCharsets.UTF_8, ""),
        Arguments.of(
            "capitals and spaces",
            csv.replace("phone;first_name", " Phone ; first_name "),
            StandardCharsets.UTF_8,
            ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readable")
  void whatSpreadsheetsExportIsRead(String what, String csv, Charset charset, String mark) {
    Campaign draft = draft();
    // Byte by byte at first, so that no character comes whole.
    AudienceImport done = stage.upload(draft.getId(), (mark + csv).getBytes(charset), 7);
    assertThat(done.getState()).isEqualTo(AudienceImport.State.DONE);
    assertThat(done.getAccepted()).isEqualTo(2);
    assertThat(done.getColumnsList()).containsExactly("phone", "first_name");
    assertThat(recipients(draft))
        .extracting(one -> one.getPhone() + " " + one.getParametersOrThrow("first_name"))
        .containsExactly("+919800000001 Asha", "+919800000002 Zo\u00eb");
  }

  private static List<Recipient> recipients(Campaign draft) {
    return stage
        .audiences()
        .listRecipients(ListRecipientsRequest.newBuilder().setCampaignId(draft.getId()).build())
        .getRecipientsList();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      value = {
        "+91 98000 00001; +919800000001",
        "+91-98000-00001; +919800000001",
        "(+91) 98000.00001; +919800000001",
        "'+919800000001; +919800000001",
        "\uFF0B\uFF19\uFF11\uFF19\uFF18\uFF10\uFF10\uFF10\uFF10\uFF10\uFF10\uFF10\uFF11;"
            + " +919800000001",
        "\u0669\u0668\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661; +919800000001",
        "9800000001; +919800000001",
        "098000 00001; +919800000001",
        "\u202A+919800000001\u202C; +919800000001",
        "+55 11 6123 4567; +5511961234567",
        "+52 1 55 1234 5678; +525512345678"
      })
  void aNumberIsReadAsPeopleWriteIt(String written, String number) {
    assertThat(read(written)).isEqualTo(number);
  }

  private static String read(String written) {
    return switch (PhoneNumbers.parse(written, "IN")) {
      case Parsed.Good good -> good.number().e164();
      case Parsed.Bad bad -> bad.reason();
    };
  }

  @Test
  void everyBadRowIsNamedWithItsReasonAndTheOthersAreTaken() {
    Campaign draft = draft();
    String csv =
        """
        phone,name,first_name
        +919800000001,=HYPERLINK("http://x"),"=1+1"
        ,Nobody,Nobody
        9.8E+11,Spreadsheet,Short
        +91980000,Short,Short
        call me,Letters,Letters
        +919800000002,\uD83D\uDE80 Rocket,\uD83D\uDE80
        +919800000003,\u05E9\u05DC\u05D5\u05DD,\u202E\u05E9\u05DC\u05D5\u05DD
        +919800000004,Missing,
        +919800000005,Many,values,too,many
        +91 98000 00001,Twice,Twice
        9800000006,National,National
        +919800000007,Break,"one
        two"
        +919800000008,Tabs,a\tb
        """;
    AudienceImport done = stage.upload(draft.getId(), csv);
    assertThat(done.getRowErrorsList())
        .extracting(RowError::getRow, RowError::getReason)
        .containsExactly(
            tuple(3, "NUMBER_MISSING"),
            tuple(4, "INVALID_NUMBER"),
            tuple(5, "INVALID_NUMBER"),
            tuple(6, "INVALID_NUMBER"),
            tuple(9, "PARAMETER_MISSING"),
            tuple(10, "TOO_MANY_VALUES"),
            tuple(12, "INVALID_NUMBER"),
            tuple(13, "VALUE_NOT_ALLOWED"),
            tuple(14, "VALUE_NOT_ALLOWED"));
    assertThat(done.getDuplicates()).isOne();
    assertThat(done.getRows()).isEqualTo(13);
    assertThat(done.getRejected()).isEqualTo(9);
    List<Recipient> taken = recipients(draft);
    assertThat(taken)
        .extracting(Recipient::getPhone)
        .containsExactly("+919800000001", "+919800000002", "+919800000003");
    // A formula is a text here, and stays what it was.
    assertThat(taken.getFirst().getParametersOrThrow("first_name")).isEqualTo("=1+1");
    assertThat(taken.get(1).getName()).isEqualTo("\uD83D\uDE80 Rocket");
    assertThat(taken.get(2).getName()).isEqualTo("\u05E9\u05DC\u05D5\u05DD");
    assertThat(done.getRowErrorsList())
        .allSatisfy(error -> assertThat(error.getMessage()).doesNotContain("91980000"));
  }

  @Test
  void aSharedCallingCodeIsNoCountry() {
    Campaign draft = draft();
    String csv =
        """
        phone,first_name
        +12125550123,New York
        +14165550123,Toronto
        +18765550123,Kingston
        +79161234567,Moscow
        +77012345678,Almaty
        +447400123456,London
        +442079460000,London
        """;
    stage.upload(draft.getId(), csv);
    assertThat(recipients(draft))
        .extracting(Recipient::getCountry)
        .containsExactly("US", "CA", "JM", "RU", "KZ", "GB", "GB");
  }

  @Test
  void anUploadThatBreaksOffChangesNothing() {
    Campaign draft = draft();
    stage.upload(draft.getId(), Stage.people(2, "first_name"));
    stage.uploadHalf(
        AudienceFile.newBuilder().setCampaignId(draft.getId()).build(),
        ByteString.copyFromUtf8(Stage.people(500, "first_name")),
        () ->
            Awaitility.await().until(() -> last(draft).getState() == AudienceImport.State.RUNNING));
    Awaitility.await().until(() -> last(draft).getState() == AudienceImport.State.FAILED);
    assertThat(last(draft).getFailureReason()).isEqualTo("IMPORT_INTERRUPTED");
    assertThat(stage.get(draft.getId()).getAudience()).isEqualTo(2);
    // And the next one is read.
    AudienceImport again =
        stage.upload(
            AudienceFile.newBuilder().setCampaignId(draft.getId()).build(),
            new ByteArrayInputStream(utf8(Stage.people(5, "first_name"))),
            10);
    assertThat(again.getAccepted()).isEqualTo(5);
  }
}
