export type { InvalidEvent, TestEventOptions } from "./event-fixtures.ts";
export {
  invalidEvents,
  largestEvents,
  testEvent,
  testEvents,
  validEvent,
  validEventText,
} from "./event-fixtures.ts";
export type { FakeClock, FakeClockOptions, PendingTimer } from "./fake-clock.ts";
export { fakeClock } from "./fake-clock.ts";
export type { RecordingTransport, RecordingTransportOptions, SentBatch } from "./recording-transport.ts";
export { recordingTransport } from "./recording-transport.ts";
export { seededRandom } from "./seeded-random.ts";
export type { SinkContractOptions, SinkUnderTest } from "./sink-contract.ts";
export { describeSinkContract } from "./sink-contract.ts";
export type { StoreBounds, StoreContractOptions, StoreUnderTest } from "./store-contract.ts";
export { describeStoreContract } from "./store-contract.ts";
export type { TestBatchOptions } from "./test-batch.ts";
export { batchTexts, testBatch } from "./test-batch.ts";
export type { TestKit } from "./test-kit.ts";
export type { TransportContractOptions, TransportUnderTest } from "./transport-contract.ts";
export { describeTransportContract } from "./transport-contract.ts";
