package dev.herald.gateway.api;

import com.google.protobuf.Descriptors;
import com.google.protobuf.Message;
import dev.herald.access.v1.Access;
import dev.herald.runtime.access.Role;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.Optional;

/** A method of a contract, with its types laid open. */
record Rpc(MethodDescriptor<Message, Message> method, Descriptors.MethodDescriptor contract) {

  @SuppressWarnings("unchecked") // Every request and answer of a contract is a Message.
  static Rpc of(MethodDescriptor<?, ?> method) {
    if (method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier) {
      return new Rpc((MethodDescriptor<Message, Message>) method, supplier.getMethodDescriptor());
    }
    throw new IllegalArgumentException("No contract: " + method.getFullMethodName());
  }

  /** The least role the contract asks for; empty if anybody may call. */
  Optional<Role> requires() {
    return switch (contract.getOptions().getExtension(Access.requires)) {
      case ROLE_VIEWER -> Optional.of(Role.VIEWER);
      case ROLE_OPERATOR -> Optional.of(Role.OPERATOR);
      case ROLE_OWNER -> Optional.of(Role.OWNER);
      case ROLE_SERVICE -> Optional.of(Role.SERVICE);
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
    };
  }

  /** E.g. {@code LaunchCampaign}. */
  String name() {
    return contract.getName();
  }

  Descriptors.Descriptor request() {
    return contract.getInputType();
  }

  Descriptors.Descriptor answer() {
    return contract.getOutputType();
  }

  Message.Builder newRequest() {
    if (method.getRequestMarshaller()
        instanceof MethodDescriptor.PrototypeMarshaller<Message> marshaller) {
      Message prototype = marshaller.getMessagePrototype();
      if (prototype != null) {
        return prototype.newBuilderForType();
      }
    }
    throw new IllegalStateException("No prototype: " + method.getFullMethodName());
  }
}
