package io.fairlead.proxier.kernel;

import io.fairlead.core.dataplane.SetElement;
import io.fairlead.core.dataplane.SetElement.ServicePort;
import io.fairlead.core.net.Family;
import io.fairlead.core.net.IpAddress;
import io.fairlead.core.net.Protocol;
import io.fairlead.netlink.nftables.Bytes;
import io.fairlead.netlink.nftables.DataType;
import io.fairlead.netlink.nftables.Element;
import java.util.Optional;

/**
 * Reads elements of one set as core's.
 *
 * @param keyLength bytes that each key must have
 */
record ElementDecoder(ElementSet set, Family family, int keyLength) {
  private static final int MARK_LENGTH = DataType.MARK.length();

  static ElementDecoder of(ElementSet set, Family family) {
    int keyLength = set.of(family).key().stream().mapToInt(DataType::paddedLength).sum();
    return new ElementDecoder(set, family, keyLength);
  }

  /** What this element means; empty if it is none of ours. */
  Optional<SetElement> read(Element element) {
    Bytes key = element.key();
    if (key.length() != keyLength) {
      return Optional.empty();
    }
    return switch (set) {
      case VIPS -> Optional.of(new SetElement.Vip(address(key, 0)));
      case PODS -> range(element, 0).flatMap(AddressRange::cidr).map(SetElement.PodRange::new);
      case SERVICES -> in(ServicePort.Set.SERVICES, key);
      case MASQUERADE -> in(ServicePort.Set.MASQUERADE, key);
      case CLUSTER_IPS -> in(ServicePort.Set.CLUSTER_IPS, key);
      case NO_ENDPOINTS -> in(ServicePort.Set.NO_ENDPOINTS, key);
      case NO_LOCAL -> in(ServicePort.Set.NO_LOCAL, key);
      case NO_LOCAL_EXTERNAL -> in(ServicePort.Set.NO_LOCAL_EXTERNAL, key);
      case LIMITED -> in(ServicePort.Set.LIMITED, key);
      case HAIRPIN -> hairpin(key);
      case LOCAL_ONLY -> localOnly(key, element.value());
      case ALLOWED -> allowed(element);
    };
  }

  private Optional<SetElement> in(ServicePort.Set kind, Bytes key) {
    return protocol(key).map(it -> new ServicePort(kind, address(key, 0), it, port(key)));
  }

  private Optional<SetElement> hairpin(Bytes key) {
    IpAddress address = address(key, 0);
    return address.equals(address(key, keyLength - addressLength()))
        ? protocol(key).map(it -> new SetElement.Hairpin(address, it, port(key)))
        : Optional.empty();
  }

  private Optional<SetElement> localOnly(Bytes key, Bytes mark) {
    return mark.length() == MARK_LENGTH
        ? protocol(key)
            .map(it -> new SetElement.LocalOnly(address(key, 0), it, port(key), mark.toHost32()))
        : Optional.empty();
  }

  private Optional<SetElement> allowed(Element element) {
    Bytes key = element.key();
    return protocol(key)
        .flatMap(it ->
            range(element, keyLength - addressLength())
                .flatMap(AddressRange::cidr)
                .map(sources -> new SetElement.Allowed(address(key, 0), it, port(key), sources)));
  }

  /** The range of a key's last field; empty unless it is one, and that of no other field. */
  private Optional<AddressRange> range(Element element, int at) {
    Bytes end = element.keyEnd();
    return end.length() == keyLength && end.startsLike(element.key(), at)
        ? Optional.of(new AddressRange(address(element.key(), at), address(end, at)))
        : Optional.empty();
  }

  private Optional<Protocol> protocol(Bytes key) {
    return Protocol.ofNumber(key.u8(addressLength()));
  }

  private int port(Bytes key) {
    return key.u16(addressLength() + DataType.INET_PROTO.paddedLength());
  }

  private IpAddress address(Bytes key, int at) {
    return family == Family.IPV4
        ? IpAddress.v4(key.u32(at))
        : IpAddress.v6(key.u64(at), key.u64(at + Long.BYTES));
  }

  private int addressLength() {
    return family.bits() / 8;
  }
}
