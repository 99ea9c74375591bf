package dev.herald.gateway.admin;

import dev.herald.runtime.HeraldException;
import dev.herald.runtime.config.SettingException;
import dev.herald.runtime.config.Settings;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * The work of an operator from the command line, by gRPC. Exit code 0: done, and nothing is wrong;
 * 1: done, and something is wrong (a difference, a channel that is not healthy); 2: it could not be
 * done, with a sentence that says why.
 */
public final class AdminMain {
  static final int FINE = 0;
  static final int WRONG = 1;
  static final int NOT_DONE = 2;

  private AdminMain() {}

  public static void main(String[] arguments) {
    // Standard output is the answer; what libraries have to say goes to standard error.
    System.setProperty("logback.configurationFile", "herald/admin-logback.xml");
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    int code = run(arguments, Settings.ofEnvironment(), out, System.err);
    out.flush();
    System.exit(code);
  }

  /** Does one command; the exit code. */
  public static int run(
      String[] arguments, Settings settings, PrintStream out, PrintStream errors) {
    Root root = new Root();
    Printer printer = new Printer(out, () -> root.json);
    try (Connections connections = new Connections(settings)) {
      CommandLine line =
          new CommandLine(root)
              .addSubcommand(new WorkspaceCommand(connections, printer))
              .addSubcommand(new KeyCommand(connections, printer))
              .addSubcommand(new ChannelCommand(connections, printer))
              .addSubcommand(new CampaignCommand(connections, printer))
              .addSubcommand(new LedgerCommand(connections, printer))
              .addSubcommand(new RetentionCommand(connections, printer));
      line.setExecutionExceptionHandler(
          (failure, command, parsed) -> {
            errors.println(root.json ? json(failure) : "herald-admin: " + sentence(failure));
            return NOT_DONE;
          });
      line.setErr(new java.io.PrintWriter(errors, true, StandardCharsets.UTF_8));
      line.setOut(new java.io.PrintWriter(out, true, StandardCharsets.UTF_8));
      return line.execute(arguments);
    }
  }

  private static String sentence(Exception failure) {
    return switch (failure) {
      case HeraldException error when error.violations().isEmpty() ->
          "%s (%s)".formatted(error.message(), error.reason());
      case HeraldException error ->
          error.violations().stream()
              .map(one -> one.field() + ": " + one.message())
              .collect(Collectors.joining("; "));
      case SettingException setting -> String.valueOf(setting.getMessage());
      default -> "It failed: " + failure;
    };
  }

  private static String json(Exception failure) {
    String reason = failure instanceof HeraldException error ? error.reason() : "NOT_DONE";
    return Printer.json("reason", reason, "message", sentence(failure));
  }

  @Command(
      name = "herald-admin",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      synopsisSubcommandLabel = "COMMAND",
      description = "The work of Herald's operator, by gRPC.",
      footer = {
        "",
        "HERALD_API_KEY says in which workspace; HERALD_SERVICE_SECRET is for `ledger audit --all`,"
            + " `ledger settle` and `retention run`.",
        "Exit code: 0 all is well, 1 something is wrong, 2 it could not be done."
      })
  private static final class Root implements Runnable {
    @Option(
        names = "--json",
        scope = ScopeType.INHERIT,
        description = "One JSON object a line instead of words.")
    private boolean json;

    @Override
    public void run() {
      throw HeraldException.invalid("command", "COMMAND_MISSING", "name one, or --help");
    }
  }

  private static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = AdminMain.class.getPackage().getImplementationVersion();
      return new String[] {version == null ? "herald-admin" : "herald-admin " + version};
    }
  }
}
