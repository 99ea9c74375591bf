package dev.herald.standalone;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/**
 * A picture of a page in 256 colours, a third of its former size: a page has few colours, and all
 * others are shades at the edges of letters.
 */
final class SmallPng {
  private static final int COLOURS = 256;
  private static final int SHADE = 250;

  private SmallPng() {}

  static void write(byte[] png, Path file) throws IOException {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
    int[] palette = mostFrequent(picture);
    IndexColorModel model = new IndexColorModel(8, palette.length, palette, 0, false, -1, 0);
    BufferedImage small =
        new BufferedImage(
            picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, model);
    Map<Integer, Integer> nearest = new HashMap<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        int colour = picture.getRGB(x, y);
        small
            .getRaster()
            .setSample(x, y, 0, nearest.computeIfAbsent(colour, one -> nearest(one, palette)));
      }
    }
    compress(small, file);
  }

  private static int[] mostFrequent(BufferedImage picture) {
    Map<Integer, Integer> pixels = new HashMap<>();
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        pixels.merge(picture.getRGB(x, y), 1, Integer::sum);
      }
    }
    List<Integer> byFrequency =
        pixels.entrySet().stream()
            .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
            .map(Map.Entry::getKey)
            .toList();
    // First what differs from all before it, so that a rare colour is not lost among the shades.
    Set<Integer> palette = new LinkedHashSet<>();
    for (int colour : byFrequency) {
      if (palette.size() < COLOURS
          && palette.stream().allMatch(one -> distance(one, colour) > SHADE)) {
        palette.add(colour);
      }
    }
    byFrequency.stream().limit(COLOURS).forEach(colour -> addIfRoom(palette, colour));
    return palette.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void addIfRoom(Set<Integer> palette, int colour) {
    if (palette.size() < COLOURS) {
      palette.add(colour);
    }
  }

  private static int nearest(int colour, int[] palette) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < palette.length; i++) {
      int distance = distance(colour, palette[i]);
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }

  private static int distance(int a, int b) {
    return square(a >> 16, b >> 16) + square(a >> 8, b >> 8) + square(a, b);
  }

  private static int square(int a, int b) {
    int difference = (a & 0xff) - (b & 0xff);
    return difference * difference;
  }

  private static void compress(BufferedImage picture, Path file) throws IOException {
    Files.deleteIfExists(file);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(file.toFile())) {
      ImageWriteParam smallest = writer.getDefaultWriteParam();
      smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      smallest.setCompressionQuality(0);
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture, null, null), smallest);
    } finally {
      writer.dispose();
    }
  }
}
