package dev.herald.gateway.api;

import com.google.protobuf.Message;
import java.io.IOException;
import java.io.OutputStream;

/** A file made while it is sent, of any length in constant memory. */
interface FileExport {
  String contentType();

  /** A fixed name: nothing that somebody typed stands in a header. */
  String fileName(Message request);

  /** Finds out whether there is anything to export, before the answer has begun. */
  Body open(Call call, Message request) throws InterruptedException;

  /** Writes the file. */
  interface Body extends AutoCloseable {
    void writeTo(OutputStream out) throws IOException, InterruptedException;

    @Override
    void close();
  }
}
