package dev.herald.gateway.http;

import dev.herald.runtime.Ids;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Errors of requests that never become requests of ours, because their address or headers are none:
 * the same form as all others, and no word of what was sent.
 */
final class BareErrors implements Request.Handler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus() < 400 ? 500 : response.getStatus();
    String requestId = Long.toString(Ids.next(), Character.MAX_RADIX);
    HttpRefusal refusal =
        new HttpRefusal(status, "REQUEST_REFUSED", "The request cannot be served.");
    HttpFields.Mutable headers = response.getHeaders();
    headers.put(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE);
    headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put(RequestIds.HEADER, requestId);
    String problem = Problems.json(Problem.of(refusal, requestId));
    response.setStatus(status);
    response.write(true, ByteBuffer.wrap(problem.getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }
}
