package io.fairlead.lab.model;

import com.fasterxml.jackson.databind.JsonNode;
import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.net.Cidr;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** What {@code nft -j list table inet fairlead} says that the sets hold. */
final class NftListing {
  private NftListing() {}

  static Set<SetElement> parse(JsonNode listing) {
    Set<SetElement> elements = new HashSet<>();
    for (JsonNode object : listing.path("nftables")) {
      JsonNode set = object.has("set") ? object.path("set") : object.path("map");
      for (JsonNode element : set.path("elem")) {
        String name = set.path("name").asText();
        elements.add(element(name.substring(0, name.length() - 1), element));
      }
    }
    return elements;
  }

  private static SetElement element(String set, JsonNode element) {
    return switch (set) {
      case "vips" -> new SetElement.Vip(IpAddress.parse(element.asText()));
      case "pods" -> new SetElement.PodRange(range(element));
      case "hairpin" -> {
        JsonNode key = element.path("concat");
        if (!key.path(0).equals(key.path(3))) {
          throw new AssertionError(element + " is not a hairpin");
        }
        yield new SetElement.Hairpin(address(key), protocol(key), port(key));
      }
      case "local_only" -> {
        JsonNode key = element.path(0).path("concat");
        yield new SetElement.LocalOnly(
            address(key), protocol(key), port(key), element.path(1).asInt());
      }
      case "allowed" -> {
        JsonNode key = element.path("concat");
        yield new SetElement.Allowed(address(key), protocol(key), port(key), range(key.path(3)));
      }
      default -> {
        JsonNode key = element.path("concat");
        yield new ServicePort(
            ServicePort.Set.valueOf(set.toUpperCase(Locale.ROOT)),
            address(key),
            protocol(key),
            port(key));
      }
    };
  }

  private static IpAddress address(JsonNode key) {
    return IpAddress.parse(key.path(0).asText());
  }

  private static Protocol protocol(JsonNode key) {
    return Protocol.valueOf(key.path(1).asText().toUpperCase(Locale.ROOT));
  }

  private static int port(JsonNode key) {
    return key.path(2).asInt();
  }

  private static Cidr range(JsonNode range) {
    if (range.isTextual()) {
      IpAddress address = IpAddress.parse(range.asText());
      return new Cidr(address, address.family().bits());
    }
    JsonNode prefix = range.path("prefix");
    if (prefix.isMissingNode()) {
      throw new AssertionError(range + " is not a CIDR");
    }
    return new Cidr(IpAddress.parse(prefix.path("addr").asText()), prefix.path("len").asInt());
  }
}
