package dev.herald.runtime.grpc;

import com.google.protobuf.DescriptorProtos.MethodOptions;
import dev.herald.access.v1.Access;
import dev.herald.runtime.access.Role;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.Optional;

/**
 * What a method's contract says about calling it.
 *
 * @param requires least role; empty if the contract says nothing
 * @param hot whether the method checks its input itself, element by element
 */
record MethodRules(Optional<Role> requires, boolean hot) {
  private static final MethodRules NONE = new MethodRules(Optional.empty(), false);

  static MethodRules of(MethodDescriptor<?, ?> method) {
    if (method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier supplier) {
      MethodOptions options = supplier.getMethodDescriptor().getOptions();
      return new MethodRules(
          role(options.getExtension(Access.requires)), options.getExtension(Access.hot));
    }
    return NONE;
  }

  private static Optional<Role> role(dev.herald.access.v1.Role required) {
    return switch (required) {
      case ROLE_VIEWER -> Optional.of(Role.VIEWER);
      case ROLE_OPERATOR -> Optional.of(Role.OPERATOR);
      case ROLE_OWNER -> Optional.of(Role.OWNER);
      case ROLE_SERVICE -> Optional.of(Role.SERVICE);
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> Optional.empty();
    };
  }
}
