package io.fairlead.ipvs;

import io.fairlead.netlink.Attributes;
import io.fairlead.netlink.Errno;
import io.fairlead.netlink.Message;
import io.fairlead.netlink.MessageWriter;
import io.fairlead.netlink.generic.GenericFamily;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The rules of ip_vs_ctl.c: which command is refused with which errno, and what each one changes.
 * It keeps attributes as raw as the kernel does, and shares no code with what it tests.
 */
final class FakeIpvsTable {
  static final Set<String> SCHEDULERS =
      Set.of("rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "fo", "ovf", "mh");

  private static final int HASHED = 2;
  private static final int TUNNEL = 2;
  private static final int FORWARDING_MASK = 7;
  private static final int HZ = 250;

  private final Map<FakeKey, FakeService> services = new LinkedHashMap<>();
  private final int[] timeouts = {900, 120, 300};
  private boolean loopbackUp = true;

  /** Takes the loopback device down: then no IPv4 address is a unicast one. */
  void takeLoopbackDown() {
    loopbackUp = false;
  }

  /** Puts a virtual server into the table that no caller of ours can make. */
  void addForeign(int protocol) {
    FakeKey key = new FakeKey(2, protocol, new byte[16], 0, 0);
    services.put(key, new FakeService(key, "rr", HASHED, 0, -1));
  }

  /** ip_vs_genl_set_cmd: 0 or the errno. */
  int execute(Message request) {
    int command = request.u8(0);
    if (command == Abi.CMD_SET_CONFIG) {
      return setTimeouts(new RawAttributes(request.attributes(GenericFamily.HEADER)));
    }
    Optional<RawAttributes> service = nested(request, 1);
    Optional<FakeKey> key = service.flatMap(FakeKey::parse);
    boolean full = command == Abi.CMD_NEW_SERVICE || command == Abi.CMD_SET_SERVICE;
    if (key.isEmpty() || (full && !service.get().has(6, 7, 8, 9))) {
      return Errno.EINVAL;
    }
    FakeService existing = services.get(key.get());
    if (command == Abi.CMD_NEW_SERVICE) {
      return existing == null ? add(key.get(), service.get()) : Errno.EEXIST;
    }
    if (existing == null) {
      return Errno.ESRCH;
    }
    return switch (command) {
      case Abi.CMD_SET_SERVICE -> existing.edit(service.get());
      case Abi.CMD_DEL_SERVICE -> remove(key.get());
      case Abi.CMD_NEW_DEST, Abi.CMD_SET_DEST, Abi.CMD_DEL_DEST ->
          destination(command, existing, nested(request, 2));
      default -> Errno.EINVAL;
    };
  }

  /** What is said of the one service that is asked for. */
  Optional<Consumer<MessageWriter>> find(Message request) {
    return nested(request, 1)
        .flatMap(FakeKey::parse)
        .flatMap(key -> Optional.ofNullable(services.get(key)))
        .map(service -> service::write);
  }

  /** What a dump of services says, part by part. */
  List<Consumer<MessageWriter>> services() {
    List<Consumer<MessageWriter>> parts = new ArrayList<>();
    services.values().forEach(service -> parts.add(service::write));
    return parts;
  }

  /** What a dump of one service's destinations says: nothing, if there is no such service. */
  List<Consumer<MessageWriter>> destinations(Message request) {
    return nested(request, 1)
        .flatMap(FakeKey::parse)
        .flatMap(key -> Optional.ofNullable(services.get(key)))
        .map(FakeService::writers)
        .orElse(List.of());
  }

  void writeTimeouts(MessageWriter out) {
    out.put8(12).put8(1).put16(0).u32(4, timeouts[0]).u32(5, timeouts[1]).u32(6, timeouts[2]);
  }

  static void writeInfo(MessageWriter out) {
    out.put8(14).put8(1).put16(0).u32(1, 0x010201).u32(2, 4096);
  }

  private int add(FakeKey key, RawAttributes attributes) {
    FakeService created = new FakeService(key, "", 0, 0, 0);
    int errno = created.edit(attributes);
    if (errno == 0) {
      services.put(key, created);
    }
    return errno;
  }

  private int remove(FakeKey key) {
    services.remove(key);
    return 0;
  }

  private int destination(int command, FakeService service, Optional<RawAttributes> attributes) {
    if (attributes.isEmpty() || !attributes.get().has(1, 2)) {
      return Errno.EINVAL;
    }
    FakeDestination wanted = FakeDestination.parse(attributes.get(), service.key().family());
    if (command == Abi.CMD_DEL_DEST) {
      return service.removeDestination(wanted) ? 0 : Errno.ENOENT;
    }
    if (!attributes.get().has(3, 4, 5, 6)
        || (wanted.family() != service.key().family()
            && (wanted.forwarding() & FORWARDING_MASK) != TUNNEL)) {
      return Errno.EINVAL;
    }
    if (wanted.weight() < 0
        || Integer.compareUnsigned(wanted.lowerThreshold(), wanted.upperThreshold()) > 0) {
      return Errno.ERANGE;
    }
    if (command == Abi.CMD_SET_DEST) {
      return service.editDestination(wanted) ? 0 : Errno.ENOENT;
    }
    if (service.hasDestination(wanted)) {
      return Errno.EEXIST;
    }
    return wanted.isUnicast(loopbackUp) ? service.addDestination(wanted) : Errno.EINVAL;
  }

  /** ip_vs_set_timeout: all are judged before any is set, and 0 keeps what there is. */
  private int setTimeouts(RawAttributes attributes) {
    int[] wanted = new int[timeouts.length];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = attributes.has(4 + i) ? attributes.u32(4 + i) : timeouts[i];
      if (wanted[i] < 0 || wanted[i] > Integer.MAX_VALUE / HZ) {
        return Errno.EINVAL;
      }
    }
    for (int i = 0; i < wanted.length; i++) {
      timeouts[i] = wanted[i] == 0 ? timeouts[i] : wanted[i];
    }
    return 0;
  }

  private static Optional<RawAttributes> nested(Message request, int type) {
    Attributes in = request.attributes(GenericFamily.HEADER);
    while (in.next()) {
      if (in.type() == type) {
        return Optional.of(new RawAttributes(in.nested()));
      }
    }
    return Optional.empty();
  }
}
