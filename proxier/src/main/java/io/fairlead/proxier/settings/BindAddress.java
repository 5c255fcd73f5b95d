package io.fairlead.proxier.settings;

import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where an HTTP server listens.
 *
 * @param port 0 lets the kernel choose, which only tests want and {@link #parse} refuses
 */
public record BindAddress(IpAddress address, int port) {
  public BindAddress {
    if (port < 0 || port > 0xffff) {
      throw new IllegalArgumentException("port " + port + " is outside 0..65535");
    }
  }

  /**
   * Reads {@code 0.0.0.0:10256}, {@code [::]:10256}, or an address alone, which gets {@code
   * defaultPort} as in kube-proxy's AppendPortIfNeeded.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  static BindAddress parse(String text, int defaultPort) {
    boolean bracketed = text.startsWith("[");
    int colon = bracketed ? text.indexOf("]:") + 1 : text.indexOf(':');
    boolean addressAlone = colon <= 0 || (!bracketed && text.lastIndexOf(':') != colon);
    if (addressAlone) {
      return new BindAddress(IpAddress.parse(unbracketed(text)), defaultPort);
    }
    return new BindAddress(
        IpAddress.parse(unbracketed(text.substring(0, colon))), port(text.substring(colon + 1)));
  }

  private static String unbracketed(String text) {
    return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 0xffff) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below, in the same words as a number out of range.
    }
    throw new IllegalArgumentException("port \"" + text + "\" is not a number from 1 to 65535");
  }

  /** For the JDK's sockets; resolves nothing. */
  public InetSocketAddress toSocketAddress() {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(address.toBytes()), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  @Override
  public String toString() {
    return address.family() == Family.IPV6 ? "[" + address + "]:" + port : address + ":" + port;
  }
}
