package io.fairlead.lab.rig;

/**
 * An object as the API server stores it.
 *
 * @param namespace empty for what has none
 * @param metadata JSON fields beside these, such as {@code "labels":{"app":"web"}}; may be empty
 * @param fields JSON: all fields but apiVersion, kind and metadata, without the braces around them
 */
public record ApiObject(
    Collection collection, String namespace, String name, String metadata, String fields) {
  /** What a proxy watches. */
  public enum Collection {
    SERVICES("/api/v1/services", "v1", "Service"),
    ENDPOINT_SLICES(
        "/apis/discovery.k8s.io/v1/endpointslices", "discovery.k8s.io/v1", "EndpointSlice"),
    NODES("/api/v1/nodes", "v1", "Node");

    private final String path;
    private final String apiVersion;
    private final String kind;

    Collection(String path, String apiVersion, String kind) {
      this.path = path;
      this.apiVersion = apiVersion;
      this.kind = kind;
    }

    String path() {
      return path;
    }

    /** An object with nothing but a version, which tells a watch how far it is. */
    String bookmark(long version, String annotations) {
      return """
      {"apiVersion":"%s","kind":"%s","metadata":{"resourceVersion":"%d","annotations":%s}}\
      """
          .formatted(apiVersion, kind, version, annotations);
    }

    /** All of a list before its first item; it ends with {@code ]}}. */
    String listStart(long version) {
      return """
      {"apiVersion":"%s","kind":"%sList","metadata":{"resourceVersion":"%d"},"items":[\
      """
          .formatted(apiVersion, kind, version);
    }
  }

  /** Which object it is, in whatever version. */
  record Key(Collection collection, String namespace, String name) {}

  Key key() {
    return new Key(collection, namespace, name);
  }

  /** The whole of it, as the API server sends it. */
  public String json(long version) {
    return """
    {"apiVersion":"%s","kind":"%s",\
    "metadata":{"name":"%s","namespace":"%s","resourceVersion":"%d"%s},%s}\
    """
        .formatted(
            collection.apiVersion,
            collection.kind,
            name,
            namespace,
            version,
            metadata.isEmpty() ? "" : "," + metadata,
            fields);
  }
}
