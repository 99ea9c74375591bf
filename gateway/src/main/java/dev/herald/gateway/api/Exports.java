package dev.herald.gateway.api;

import dev.herald.analytics.v1.ExportMessagesRequest;
import dev.herald.gateway.identity.Actor;
import java.io.IOException;
import java.io.OutputStream;

/** The files of the API, for callers that do not come by HTTP. */
public final class Exports {
  private Exports() {}

  /** Where a file goes; asked for when it is known that there is something to write. */
  @FunctionalInterface
  public interface Target {
    OutputStream open() throws IOException;
  }

  /** Writes the recipients of a campaign with their outcome as CSV, and closes the target. */
  public static void messages(
      Services services, Actor actor, ExportMessagesRequest request, Target target)
      throws IOException, InterruptedException {
    try (FileExport.Body body =
            new MessageExport(MessageExport.Format.CSV).open(new Call(services, actor), request);
        OutputStream out = target.open()) {
      body.writeTo(out);
    }
  }
}
