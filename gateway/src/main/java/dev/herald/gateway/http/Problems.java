package dev.herald.gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.herald.runtime.HeraldException;
import dev.herald.runtime.database.DatabaseErrors;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a failure becomes an answer. Nothing of our insides leaves through it. */
public final class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private Problems() {}

  /** Answers with what the failure means to the caller. */
  public static void answer(Context ctx, Throwable failure) {
    String requestId = RequestIds.of(ctx);
    if (ctx.res().isCommitted()) {
      // Only breaking the connection tells the client that what it has is not the whole.
      log.info("Answer broken off request_id={} because={}", requestId, failure.toString());
      abort(ctx, failure);
      return;
    }
    switch (failure) {
      case HttpRefusal refusal -> write(ctx, Problem.of(refusal, requestId), refusal.headers());
      case HttpResponseException routing -> answer(ctx, refusal(routing));
      case IOException gone -> {
        // The client broke the connection; nobody reads an answer.
        log.debug("Connection lost request_id={}", requestId, gone);
        ctx.status(400);
      }
      default -> {
        HeraldException error = translate(failure, ctx, requestId);
        write(ctx, Problem.of(error, requestId), Problem.headers(error));
      }
    }
  }

  private static void abort(Context ctx, Throwable failure) {
    ServletContextRequest.getServletContextRequest(ctx.req()).getServletChannel().abort(failure);
  }

  /** The problem as JSON, for streams that cannot change their status any more. */
  public static String json(Throwable failure, String requestId) {
    return json(Problem.of(forCaller(failure, "stream", requestId), requestId));
  }

  private static HeraldException translate(Throwable failure, Context ctx, String requestId) {
    return forCaller(failure, ctx.method() + " " + ctx.path(), requestId);
  }

  /** What a caller may hear of a failure; logs what only we can do something about. */
  static HeraldException forCaller(Throwable failure, String what, String requestId) {
    HeraldException error =
        failure instanceof HeraldException known
            ? known
            : DatabaseErrors.translate(failure)
                .orElseGet(() -> HeraldException.internal("Unexpected failure", failure));
    if (error.kind() != HeraldException.Kind.INTERNAL) {
      return error;
    }
    log.error("Request failed what={} request_id={}", what, requestId, failure);
    return HeraldException.of(
        HeraldException.Kind.INTERNAL,
        "INTERNAL",
        "Something went wrong inside Herald. The log has it under request " + requestId + ".");
  }

  private static HttpRefusal refusal(HttpResponseException routing) {
    return switch (routing.getStatus()) {
      case 404 -> new HttpRefusal(404, "ROUTE_NOT_FOUND", "There is nothing at this address.");
      case 405 ->
          new HttpRefusal(
              405,
              "METHOD_NOT_ALLOWED",
              "This address does not take this method.",
              Map.of("Allow", routing.getDetails().getOrDefault("availableMethods", "GET")));
      case 413 ->
          new HttpRefusal(413, "BODY_TOO_LARGE", "The body is larger than this route takes.");
      default ->
          new HttpRefusal(routing.getStatus(), "REQUEST_REFUSED", "The request cannot be served.");
    };
  }

  private static void write(Context ctx, Problem problem, Map<String, String> headers) {
    ctx.res().resetBuffer();
    headers.forEach(ctx::header);
    ctx.header("Cache-Control", "no-store");
    ctx.status(problem.status()).result(json(problem)).contentType(Problem.CONTENT_TYPE);
  }

  static String json(Problem problem) {
    try {
      return JSON.writeValueAsString(problem);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A problem could not be written.", e);
    }
  }
}
