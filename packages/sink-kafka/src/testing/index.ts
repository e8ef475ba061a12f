export type {
  KafkaDriverContractOptions,
  KafkaStoredRecord,
  KafkaUnderTest,
} from "./kafka-driver-contract.ts";
export { describeKafkaDriverContract } from "./kafka-driver-contract.ts";
