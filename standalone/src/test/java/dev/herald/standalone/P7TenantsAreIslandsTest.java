package dev.herald.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Message;
import dev.herald.access.v1.Role;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Two tenants on the real stack. Every RPC of every service and every route of the description is
 * called by the one with the ids of the other, and answered exactly as with ids that never existed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class P7TenantsAreIslandsTest extends Strangers {

  @Test
  void everyServiceOfTheContractsIsTried() throws IOException {
    try (InputStream in =
        Thread.currentThread()
            .getContextClassLoader()
            .getResourceAsStream("herald/contracts.binpb")) {
      List<String> declared = new ArrayList<>();
      for (FileDescriptorProto file : FileDescriptorSet.parseFrom(in).getFileList()) {
        file.getServiceList()
            .forEach(service -> declared.add(file.getPackage() + "." + service.getName()));
      }
      assertThat(declared)
          .filteredOn(name -> !name.startsWith("herald.gateway."))
          .containsExactlyInAnyOrderElementsOf(names(Contracts.SERVICES));
      assertThat(declared)
          .filteredOn(name -> name.startsWith("herald.gateway."))
          .containsExactlyInAnyOrderElementsOf(names(Contracts.GATEWAY_SERVICES));
    }
  }

  @Test
  void anRpcAnswersTheirIdsLikeIdsThatNeverWere() throws Exception {
    Map<String, String> before = state();
    List<String> wrong = new ArrayList<>();
    for (MethodDescriptor<Message, Message> method : Contracts.methods(Contracts.SERVICES)) {
      String real = call(method, theirs, otherToken);
      String invented = call(method, nothing(), otherToken);
      if (Contracts.requires(method) == Role.ROLE_SERVICE) {
        Contracts.check(wrong, method, real, real.startsWith("PERMISSION_DENIED"));
      } else {
        // Without an id in it, it is twice the same request, of their own.
        boolean names = !message(method, theirs).equals(message(method, nothing()));
        boolean looked = !real.startsWith("INVALID_ARGUMENT") && !real.startsWith("INTERNAL");
        Contracts.check(
            wrong,
            method,
            real + " against " + invented,
            !names || (looked && real.equals(invented)));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void anRpcNeedsATokenOfTheGateway() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (MethodDescriptor<Message, Message> method : Contracts.methods(Contracts.SERVICES)) {
      for (String token : List.of("", otherKey, otherToken.substring(0, otherToken.length() - 4))) {
        String answer = call(method, theirs, token);
        Contracts.check(wrong, method, answer, answer.startsWith("UNAUTHENTICATED"));
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void anRpcOfTheGatewayAnswersTheirIdsLikeIdsThatNeverWere() throws Exception {
    Map<String, String> before = state();
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (MethodDescriptor<Message, Message> method :
        Contracts.methods(Contracts.GATEWAY_SERVICES)) {
      // Without an id in it, it is about the caller's own.
      if (!message(method, theirs).equals(message(method, nothing()))) {
        String real = call(method, theirs, otherKey);
        String invented = call(method, nothing(), otherKey);
        Contracts.check(
            wrong,
            method,
            real + " against " + invented,
            real.equals(invented) && real.startsWith("NOT_FOUND"));
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(10);
    assertThat(wrong).isEmpty();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void anRpcOfTheGatewayNeedsAKey() throws Exception {
    List<String> wrong = new ArrayList<>();
    // One for each method: an address that goes on guessing is not listened to any more.
    List<String> bad = List.of("", otherToken, otherKey.substring(0, otherKey.length() - 4));
    int next = 0;
    for (MethodDescriptor<Message, Message> method :
        Contracts.methods(Contracts.GATEWAY_SERVICES)) {
      String answer = call(method, theirs, bad.get(next++ % bad.size()));
      // What only a browser needs is not there at all.
      boolean refused = answer.startsWith("UNAUTHENTICATED") || answer.startsWith("UNIMPLEMENTED");
      Contracts.check(wrong, method, answer, refused);
    }
    assertThat(wrong).isEmpty();
  }

  private static List<String> names(List<ServiceDescriptor> services) {
    return services.stream().map(ServiceDescriptor::getName).toList();
  }

  @Test
  void aRouteAnswersTheirIdsLikeIdsThatNeverWere() throws Exception {
    Map<String, String> before = state();
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (Operation operation : operations()) {
      Matcher parameter = PARAMETER.matcher(operation.path());
      if (parameter.find() && theirs.containsKey(parameter.group(1))) {
        String real = http(operation, theirs);
        String invented = http(operation, nothing());
        if (!real.equals(invented) || !real.startsWith("404")) {
          wrong.add(operation + ": " + real + " against " + invented);
        }
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(35);
    assertThat(wrong).isEmpty();
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void listsAndFiguresOfTheOtherKnowNothingOfTheirs() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Operation operation : operations()) {
      if (operation.verb().equals("GET")
          && !operation.path().contains("{")
          && !operation.path().endsWith(":watch")) {
        String text = http(operation, theirs);
        // The ids of one installation are long and unlike each other: none may appear.
        theirs.values().stream()
            .filter(text::contains)
            .forEach(id -> wrong.add(operation + " shows " + id));
        if (text.contains("Theirs")) {
          wrong.add(operation + " shows a name");
        }
      }
    }
    assertThat(wrong).isEmpty();
  }
}
