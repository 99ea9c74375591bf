package dev.herald.gateway.docs;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.DescriptorProtos.SourceCodeInfo.Location;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The comments of the contracts, by the full name of what they are about. */
public final class Contracts {
  private static final String RESOURCE = "herald/contracts.binpb";

  private final Map<String, String> comments = new HashMap<>();

  private Contracts() {}

  /** Reads what the build has packed. */
  public static Contracts load() {
    try (InputStream in = Contracts.class.getClassLoader().getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("The build has packed no contracts.");
      }
      Contracts contracts = new Contracts();
      FileDescriptorSet.parseFrom(in).getFileList().forEach(contracts::add);
      return contracts;
    } catch (IOException e) {
      throw new UncheckedIOException("The contracts cannot be read.", e);
    }
  }

  /** The comment on this service, method, message, field, enum or value; empty if there is none. */
  public String comment(String fullName) {
    return comments.getOrDefault(fullName, "");
  }

  private void add(FileDescriptorProto file) {
    for (Location location : file.getSourceCodeInfo().getLocationList()) {
      String comment = location.getLeadingComments();
      if (!comment.isBlank()) {
        String name = name(file, location.getPathList());
        if (!name.isEmpty()) {
          comments.put(file.getPackage() + name, tidy(comment));
        }
      }
    }
  }

  // A path is a walk over field numbers and indexes, as descriptor.proto describes.
  private static String name(FileDescriptorProto file, List<Integer> path) {
    if (path.size() < 2) {
      return "";
    }
    int index = path.get(1);
    List<Integer> rest = path.subList(2, path.size());
    return switch (path.get(0)) {
      case FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER -> of(file.getMessageType(index), rest);
      case FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER -> of(file.getEnumType(index), rest);
      case FileDescriptorProto.SERVICE_FIELD_NUMBER -> of(file.getService(index), rest);
      default -> "";
    };
  }

  private static String of(DescriptorProto message, List<Integer> path) {
    String name = "." + message.getName();
    if (path.isEmpty()) {
      return name;
    }
    if (path.size() < 2) {
      return "";
    }
    int index = path.get(1);
    List<Integer> rest = path.subList(2, path.size());
    return switch (path.get(0)) {
      case DescriptorProto.FIELD_FIELD_NUMBER ->
          rest.isEmpty() ? name + "." + message.getField(index).getName() : "";
      case DescriptorProto.NESTED_TYPE_FIELD_NUMBER ->
          name + of(message.getNestedType(index), rest);
      case DescriptorProto.ENUM_TYPE_FIELD_NUMBER -> name + of(message.getEnumType(index), rest);
      default -> "";
    };
  }

  private static String of(EnumDescriptorProto type, List<Integer> path) {
    String name = "." + type.getName();
    if (path.isEmpty()) {
      return name;
    }
    boolean isValue = path.size() == 2 && path.get(0) == EnumDescriptorProto.VALUE_FIELD_NUMBER;
    return isValue ? name + "." + type.getValue(path.get(1)).getName() : "";
  }

  private static String of(ServiceDescriptorProto service, List<Integer> path) {
    String name = "." + service.getName();
    if (path.isEmpty()) {
      return name;
    }
    boolean isMethod =
        path.size() == 2 && path.get(0) == ServiceDescriptorProto.METHOD_FIELD_NUMBER;
    return isMethod ? name + "." + service.getMethod(path.get(1)).getName() : "";
  }

  private static String tidy(String comment) {
    return comment
        .lines()
        .map(String::strip)
        .reduce("", (text, line) -> text + line + "\n")
        .strip();
  }
}
