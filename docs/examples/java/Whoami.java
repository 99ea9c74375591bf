/** Prints whose key this is and what it may do. */
final class Whoami {
  public static void main(String[] arguments) throws Exception {
    System.out.println(Herald.get("me").toPrettyString());
  }
}
