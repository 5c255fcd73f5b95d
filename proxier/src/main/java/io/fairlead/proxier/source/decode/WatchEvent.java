package io.fairlead.proxier.source.decode;

/** One line of a watch. */
public sealed interface WatchEvent {
  /** ADDED and MODIFIED, which a client must treat alike. */
  record Applied(Decoded object) implements WatchEvent {}

  /** DELETED, with the last state; also sent when an object stops matching the selector. */
  record Deleted(Decoded object) implements WatchEvent {}

  /**
   * BOOKMARK: everything up to this version has been sent.
   *
   * @param initialEventsEnd the mark that closes the initial events of a WatchList
   */
  record Bookmark(String resourceVersion, boolean initialEventsEnd) implements WatchEvent {}

  /** ERROR, whose object is a Status; the server ends the watch after it. */
  record Failed(Status status) implements WatchEvent {}

  /** A type that no API server sends today, or an object without a name. */
  record Unusable(String why) implements WatchEvent {}
}
