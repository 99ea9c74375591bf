package dev.herald.gateway.api;

import com.google.protobuf.Message;
import dev.herald.gateway.identity.Actor;
import io.grpc.MethodDescriptor;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Optional;

/**
 * One route of the API: what is asked for, the method of a contract that answers, and how.
 *
 * @param path below {@code /api/v1}; its parameters are fields of the request
 * @param bodyLimit most bytes of a JSON body
 * @param audited whether success is noted in the audit log
 */
record Route(
    HandlerType verb, String path, Rpc rpc, Handling handling, int bodyLimit, boolean audited) {
  static final String PREFIX = "/api/v1";

  private static final int SMALL = 64 * 1024;
  private static final int LARGE = 2 * 1024 * 1024;

  /** The ways in which a route becomes calls. */
  sealed interface Handling {
    /** One call of a service. */
    record Forward(Answer answer) implements Handling {}

    /** One call of a service, or with {@code format=csv} the whole list as a file. */
    record Table(Answer answer, FileExport csv) implements Handling {}

    /** Answered by the gateway itself. */
    record Own(OwnMethod<Message, Message> method, Answer answer) implements Handling {}

    /** Answered by the gateway itself, for callers not known yet; may set cookies. */
    record Open(OpenMethod<Message, Message> method) implements Handling {}

    /** A stream of answers, as server-sent events. */
    record Watch(String event, Answer answer) implements Handling {}

    /** A file that is streamed to the service. */
    record Upload() implements Handling {}

    /** A file that is streamed to the caller. */
    record Export(FileExport export) implements Handling {}
  }

  /** A method of the gateway's own contract. */
  @FunctionalInterface
  interface OwnMethod<Q extends Message, A extends Message> {
    A call(Actor actor, Q request);
  }

  /** A method of the gateway's own contract that needs no credentials. */
  @FunctionalInterface
  interface OpenMethod<Q extends Message, A extends Message> {
    A call(Context ctx, Q request, String address, String requestId);
  }

  static Route get(String path, MethodDescriptor<?, ?> rpc) {
    return of(HandlerType.GET, path, rpc);
  }

  static Route post(String path, MethodDescriptor<?, ?> rpc) {
    return of(HandlerType.POST, path, rpc);
  }

  static Route patch(String path, MethodDescriptor<?, ?> rpc) {
    return of(HandlerType.PATCH, path, rpc);
  }

  static Route delete(String path, MethodDescriptor<?, ?> rpc) {
    return of(HandlerType.DELETE, path, rpc);
  }

  /** The answer wraps this resource: its fields stand at the top. */
  Route as(String resource) {
    return answered(new Answer.Resource(resource));
  }

  Route answered(Answer answer) {
    Handling changed =
        switch (handling) {
          case Handling.Forward forward -> new Handling.Forward(answer);
          case Handling.Table table -> new Handling.Table(answer, table.csv());
          case Handling.Own own -> new Handling.Own(own.method(), answer);
          case Handling.Watch watch -> new Handling.Watch(watch.event(), answer);
          case Handling.Open open -> open;
          case Handling.Upload upload -> upload;
          case Handling.Export export -> export;
        };
    return new Route(verb, path, rpc, changed, bodyLimit, audited);
  }

  /** Answered by the gateway itself. */
  @SuppressWarnings(
      "unchecked") // The method takes and gives what the contract says; a test calls each.
  <Q extends Message, A extends Message> Route by(OwnMethod<Q, A> method) {
    return handledBy(new Handling.Own((OwnMethod<Message, Message>) method, new Answer.Whole()));
  }

  @SuppressWarnings("unchecked") // As above.
  <Q extends Message, A extends Message> Route openBy(OpenMethod<Q, A> method) {
    return handledBy(new Handling.Open((OpenMethod<Message, Message>) method));
  }

  /** Server-sent events of this name. */
  Route watched(String event) {
    return handledBy(new Handling.Watch(event, new Answer.Whole()));
  }

  Route uploaded() {
    return handledBy(new Handling.Upload());
  }

  /** Also to be had as a file, with {@code format=csv}. */
  Route orCsv(FileExport csv) {
    return handledBy(new Handling.Table(new Answer.Whole(), csv));
  }

  Route exported(FileExport export) {
    return handledBy(new Handling.Export(export));
  }

  /** Takes bodies with up to a thousand elements. */
  Route largeBody() {
    return new Route(verb, path, rpc, handling, LARGE, audited);
  }

  /** Changes nothing, or happens too often to be noted one by one. */
  Route unaudited() {
    return new Route(verb, path, rpc, handling, bodyLimit, false);
  }

  /** The field of the answer that stands at the top of the JSON. */
  Optional<String> resource() {
    return switch (handling) {
      case Handling.Forward forward -> forward.answer().resource();
      case Handling.Table table -> table.answer().resource();
      case Handling.Own own -> own.answer().resource();
      case Handling.Watch watch -> watch.answer().resource();
      case Handling.Upload upload -> Optional.of(AudienceUpload.RESOURCE);
      case Handling.Open open -> Optional.empty();
      case Handling.Export export -> Optional.empty();
    };
  }

  private Route handledBy(Handling changed) {
    return new Route(verb, path, rpc, changed, bodyLimit, audited);
  }

  private static Route of(HandlerType verb, String path, MethodDescriptor<?, ?> method) {
    return new Route(
        verb,
        path,
        Rpc.of(method),
        new Handling.Forward(new Answer.Whole()),
        SMALL,
        !verb.equals(HandlerType.GET));
  }
}
