package io.fairlead.core.dataplane;

/**
 * The kernel could not be read. The message names the operation, the errno and the kernel's text.
 */
public final class DataplaneException extends Exception {
  private static final long serialVersionUID = 1L;

  public DataplaneException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Never null: see the constructor. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
