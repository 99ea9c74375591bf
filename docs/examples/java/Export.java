import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;

/** Writes every recipient with its outcome to a file. Arguments: the campaign, the file. */
final class Export {
  public static void main(String[] arguments) throws Exception {
    // An IOException is thrown when the answer breaks off in the middle: then the file is not
    // complete.
    Herald.send(
        Herald.request("campaigns/" + arguments[0] + "/messages.csv"),
        BodyHandlers.ofFile(Path.of(arguments[1])));
  }
}
