/** The contracts over what this package brings itself; each sink and store of another package runs them too. */
import { describe, expect, it } from "@jest/globals";
import { createOutbox } from "../outbox/outbox.ts";
import type { Sink } from "../ports/sink.ts";
import { fanOut } from "../sinks/fan-out.ts";
import { filter } from "../sinks/filter.ts";
import { memorySink } from "../sinks/memory-sink.ts";
import { createMemoryStore } from "../store/memory-store.ts";
import type { RecordingTransport, RecordingTransportOptions, SinkUnderTest } from "./index.ts";
import { describeSinkContract, describeTransportContract, fakeClock, recordingTransport } from "./index.ts";

const kit = { describe, expect, it };

function underTest(
  transportOptions: RecordingTransportOptions,
  wrap = (sink: Sink): Sink => sink,
): SinkUnderTest {
  const clock = fakeClock();
  const transport = recordingTransport(transportOptions);
  const sink = createOutbox(transport, createMemoryStore({ clock }), { clock });
  return {
    sink: wrap(sink),
    arrived: () => transport.arrived,
    pass: (ms) => clock.advance(ms),
    stall: () => transport.hold(),
    heal: () => transport.release(),
    heldTimers: () => clock.pending.filter(({ unref }) => !unref).length,
  };
}

describeSinkContract({ name: "an outbox", kit, create: () => underTest({ limits: { maxEvents: 10 } }) });

describeSinkContract({
  name: "an outbox with lanes and several batches in flight",
  kit,
  create: () =>
    underTest({
      limits: { maxEvents: 7, inFlight: 3 },
      lane: ({ event_id: id }) => Number(id.split(".")[1]) % 4,
    }),
});

describeSinkContract({
  name: "an outbox with a transport that ignores aborts",
  kit,
  create: () => underTest({ limits: { maxEvents: 10 }, ignoresAbort: true }),
});

describeSinkContract({
  name: "filter",
  kit,
  create: () => underTest({}, (sink) => filter(sink, () => true)),
});

describeSinkContract({
  name: "fanOut",
  kit,
  copies: 2,
  create: () => {
    const clock = fakeClock();
    const transports = [recordingTransport(), recordingTransport({ limits: { maxEvents: 5, inFlight: 2 } })];
    const each = (call: (transport: RecordingTransport) => void): void => transports.forEach(call);
    return {
      sink: fanOut(
        ...transports.map((transport) => createOutbox(transport, createMemoryStore({ clock }), { clock })),
      ),
      arrived: () =>
        transports.reduce(
          (common, { arrived }) => common.filter((text) => arrived.includes(text)),
          transports[0]?.arrived ?? [],
        ),
      pass: (ms) => clock.advance(ms),
      stall: () => each((transport) => transport.hold()),
      heal: () => each((transport) => transport.release()),
      heldTimers: () => clock.pending.filter(({ unref }) => !unref).length,
    };
  },
});

describeSinkContract({
  name: "memorySink",
  kit,
  immediate: true,
  create: () => {
    const sink = memorySink();
    return { sink, arrived: () => sink.texts, pass: async () => undefined };
  },
});

describeTransportContract({
  name: "a recording transport",
  kit,
  create: () => {
    let failing = false;
    const transport = recordingTransport({
      limits: { inFlight: 4 },
      lane: () => 5,
      verdicts: () => (failing ? { kind: "retry", reason: { code: "unreachable" } } : { kind: "delivered" }),
    });
    return {
      transport,
      arrived: () => transport.arrived,
      fail: () => {
        failing = true;
      },
      stall: () => transport.hold(),
      heal: () => {
        failing = false;
        transport.release();
      },
    };
  },
});
